#include "sifter.hpp"

#include <algorithm>
#include <cmath>

namespace hetao {

namespace {
constexpr std::size_t FEW = 160;   // with no more members than this all are at hand from the first
constexpr std::size_t MANY = 320;  // with more columns at hand than this those that the last basis lacks are put back
constexpr std::size_t BANDS = 8;   // of members: the worst of each is called in, so that several come at a time
constexpr double OUTSIDE = 1e-13;  // a violation no larger than this, against its terms, is rounding
}  // namespace

Sifter::Sifter(const Shape &shape, const Columns &members)
    : shape_(shape), members_(members), own_(members.rows, 256), simplex_(shape, own_),
      last_(static_cast<std::size_t>(shape.rows)), begin_(static_cast<std::size_t>(shape.rows)) {}

std::int64_t Sifter::at_hand(std::int64_t member) {
    std::int64_t &at = place_[static_cast<std::size_t>(member)];
    if (at < 0) {
        at = static_cast<std::int64_t>(own_.count);
        own_.push(members_, static_cast<std::size_t>(member));
        names_.push_back(member);
    }
    return at;
}

const std::vector<std::int64_t> &Sifter::basis() {
    for (std::size_t r = 0; r < last_.size(); ++r) {
        const std::int64_t id = simplex_.basis()[r];
        last_[r] = id < shape_.generated() ? id : shape_.generated() + name(id);
    }
    return last_;
}

void Sifter::tidy() {
    const bool all = members_.count <= FEW;
    if (begun_ && !strangers_) basis();
    if (strangers_) begun_ = false;
    if (strangers_ || (own_.count > MANY && !all)) {
        for (const std::int64_t name : names_)
            if (name >= 0) place_[static_cast<std::size_t>(name)] = -1;
        names_.clear();
        own_.count = 0;
        strangers_ = false;
    }
    if (place_.size() < members_.count) place_.resize(members_.capacity, -1);
    if (all)
        for (std::size_t k = own_.count; k < members_.count; ++k) at_hand(static_cast<std::int64_t>(k));
}

void Sifter::pose(const double *b, const double *F, const double *c, const double *scale, std::int64_t banned) {
    tidy();
    banned_ = banned;
    simplex_.pose(b, F, c, scale, banned < 0 ? -1 : place_[static_cast<std::size_t>(banned)]);
}

Outcome Sifter::solve(const std::int64_t *basis) {
    const std::int64_t *from = basis ? basis : begun_ ? last_.data() : nullptr;
    bool usable = from != nullptr;
    for (std::size_t r = 0; usable && r < begin_.size(); ++r) {
        const std::int64_t member = from[r] - shape_.generated();
        usable = member < 0 || member != banned_;
        begin_[r] = member < 0 || !usable ? from[r] : shape_.generated() + at_hand(member);
    }
    simplex_.start(usable ? begin_.data() : nullptr);
    begun_ = true;
    return simplex_.solve(basis && usable);
}

bool Sifter::call_in(Outcome found) {
    const std::vector<double> &p = found == Outcome::optimal ? simplex_.prices() : simplex_.ray();
    const double sign = found == Outcome::optimal ? 1.0 : -1.0;
    if (value_.size() < members_.count) value_.resize(members_.capacity);
    dots(members_, members_.rows, 0, members_.count, p.data(), value_.data());
    audit_ = 0.0;
    bool called = false;
    const std::size_t band = (members_.count + BANDS - 1) / BANDS;
    for (std::size_t from = 0; from < members_.count; from += band) {
        const std::size_t end = std::min(from + band, members_.count);
        double most = 0.0;
        std::size_t worst = end;
        for (std::size_t k = from; k < end; ++k) {
            const double value = sign * value_[k];
            if (value <= most || static_cast<std::int64_t>(k) == banned_) continue;
            double size = 0.0;
            for (int i = 0; i < members_.rows; ++i) size += std::fabs(p[static_cast<std::size_t>(i)] * members_.at(i, k));
            audit_ = std::max(audit_, value / size);
            if (value > OUTSIDE * size && place_[k] < 0) most = value, worst = k;
        }
        if (worst == end) continue;
        at_hand(static_cast<std::int64_t>(worst));
        called = true;
    }
    return called;
}

void Sifter::call_in(const Columns &from, std::size_t k) {
    own_.push(from, k);
    names_.push_back(-1 - static_cast<std::int64_t>(k));
    strangers_ = true;
}

}  // namespace hetao

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "parallel.hpp"
#include "sifter.hpp"
#include "starts.hpp"
#include "technology.hpp"

namespace hetao {

namespace {

constexpr double INSIDE = 1e-12;   // a column this far outside, against the size of its terms, is inside
constexpr double PROVED = 1e-11;   // the largest relative violation that a proof may leave
constexpr std::size_t PART = 128;  // columns that one thread tests in a row
constexpr std::size_t THOROUGH = 16;  // one column of so many is followed to its facet
constexpr std::size_t SWEEP = 4096;

double power(int exponent) { return std::ldexp(1.0, exponent); }

struct Test {
    bool inside = false;
    double residual = 0.0;
    std::vector<double> apart;  // prices ≥ 0 on the members and below 0 on the column; empty where none were found
};

// Tests columns against the members: max s with column − s · centre in the cone that they span.
class Tester {
  public:
    Tester(const Technology &t, const Shape &shape, const Columns &members, const std::vector<double> &centre)
        : t_(t), shape_(shape), centre_(centre), sifter_(shape, members), b_(centre.size()), scale_(centre.size()) {}

    // Test column k from a known basis, or from the last one. What is found of use to others is added to `starts`; with
    // `thorough` a column inside is followed to its facet for their sake.
    Test test(std::size_t k, const std::int64_t *basis, Starts &starts, bool thorough) {
        for (int i = 0; i < shape_.rows; ++i) b_[i] = t_.columns.at(i, k), scale_[i] = std::fabs(b_[i]);
        fill_zeros(scale_.data(), scale_.size(), scale_.size());
        const double cost = -1.0;
        sifter_.pose(b_.data(), centre_.data(), &cost, scale_.data());
        Outcome found = sifter_.solve(basis);
        Test result;
        for (;;) {
            if (found == Outcome::optimal && !below() && !thorough) return proof();
            if (found != Outcome::optimal && found != Outcome::infeasible) return result;
            if (!sifter_.call_in(found)) break;
            found = sifter_.go_on(found);
        }
        if (found == Outcome::optimal) starts.add(sifter_.basis().data(), sifter_.simplex().prices().data());
        if (found == Outcome::optimal && !below()) return proof();
        result.apart = found == Outcome::optimal ? sifter_.simplex().prices() : sifter_.simplex().ray();
        if (found == Outcome::optimal)
            for (double &p : result.apart) p = -p;
        return result;
    }

  private:
    // Is the column outside of what the columns at hand span: s < 0?
    bool below() const {
        double worth = 0.0, size = 0.0;
        for (int i = 0; i < shape_.rows; ++i) {
            const double term = sifter_.simplex().prices()[i] * b_[i];
            worth += term, size += std::fabs(term);
        }
        return worth > INSIDE * size;
    }

    Test proof() const {
        Test result;
        result.residual = residual();
        result.inside = result.residual <= PROVED;
        return result;
    }

    double residual() const {
        const Simplex &simplex = sifter_.simplex();
        double worst = 0.0;
        for (int i = 0; i < shape_.rows; ++i) {
            double sum = 0.0;
            for (int r = 0; r < shape_.rows; ++r) {
                const std::int64_t id = simplex.basis()[r];
                const double x = simplex.values()[r];
                if (id == shape_.rows) sum += std::max(x, 0.0) * centre_[i];
                if (id >= shape_.generated()) sum += x * sifter_.columns().at(i, static_cast<std::size_t>(id - shape_.generated()));
            }
            const double over = sum - b_[i];
            const double wrong = shape_.sense[i] < 0 ? std::max(over, 0.0) : shape_.sense[i] > 0 ? std::max(-over, 0.0) : std::fabs(over);
            if (wrong > 0.0) worst = std::max(worst, wrong / (std::fabs(b_[i]) + std::fabs(sum)));
        }
        return worst;
    }

    const Technology &t_;
    const Shape &shape_;
    const std::vector<double> &centre_;
    Sifter sifter_;
    std::vector<double> b_, scale_;
};

// The column that is worst at the prices, all columns made of one size.
std::size_t worst_at(const Technology &t, const std::vector<double> &prices) {
    double room[SWEEP];
    std::size_t best = 0;
    double least = 0.0;
    for (std::size_t from = 0; from < t.columns.count; from += SWEEP) {
        const std::size_t end = std::min(from + SWEEP, t.columns.count);
        dots(t.columns, t.columns.rows, from, end, prices.data(), room - from);
        for (std::size_t k = from; k < end; ++k) {
            const double value = room[k - from] * t.weight[k];
            if (value < least || k == 0) least = value, best = k;
        }
    }
    return best;
}

// Prices that the senses of the rows allow, spread over all directions; the same ones at every call.
std::vector<std::vector<double>> first_prices(const std::vector<std::int8_t> &sense) {
    const std::size_t R = sense.size();
    std::vector<std::vector<double>> found;
    for (std::size_t i = 0; i < R; ++i) {
        for (const double way : {1.0, -1.0}) {
            if (way * sense[i] > 0) continue;
            found.emplace_back(R, 0.0);
            found.back()[i] = way;
        }
    }
    std::uint64_t state = 88172645463325252ull;
    const auto draw = [&state] {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        return static_cast<double>(state >> 11) / 9007199254740992.0;
    };
    for (std::size_t n = 0; n < 16 + 4 * R; ++n) {
        found.emplace_back(R);
        for (std::size_t i = 0; i < R; ++i) {
            const double size = draw();
            found.back()[i] = sense[i] == 0 ? 2.0 * size - 1.0 : -sense[i] * size;
        }
    }
    return found;
}

// The state of the search.
class Search {
  public:
    Search(const Technology &t, unsigned threads, const std::function<void()> &pause)
        : t_(t), threads_(threads), pause_(pause), members_(t.columns.rows, 0), is_member_(t.columns.count, 0), starts_(t.columns.rows, 32) {
        shape_.rows = shape_.shared = t.columns.rows;
        shape_.fixed = 1;
        shape_.sense = t.sense;
        shape_.free = {1};
    }

    Frame run() {
        begin();
        std::vector<std::size_t> pending = order();
        std::size_t block = PART, done = 0;
        while (done < pending.size()) {
            pause_();
            const std::size_t end = std::min(done + block, pending.size());
            const std::vector<Test> tests = test(pending, done, end);
            const std::vector<std::size_t> open = grow(pending, tests, done);
            const bool few = open.size() * 8 < end - done;
            block = few ? std::min<std::size_t>(2 * block, 64 * PART) : std::max<std::size_t>(block / 2, PART);
            done = end - open.size();  // those still open are tested again, at the head of what is pending
            std::copy(open.begin(), open.end(), pending.begin() + static_cast<std::ptrdiff_t>(done));
        }
        Frame frame;
        frame.residual = residual_;
        for (std::size_t k = 0; k < is_member_.size(); ++k)
            if (is_member_[k]) frame.members.push_back(static_cast<std::int64_t>(k));
        return frame;
    }

  private:
    void begin() {
        for (const std::vector<double> &prices : first_prices(t_.sense)) join(worst_at(t_, prices));
        centre_.assign(static_cast<std::size_t>(t_.columns.rows), 0.0);
        for (std::size_t k = 0; k < members_.count; ++k)
            for (int i = 0; i < members_.rows; ++i) centre_[i] += members_.at(i, k) / static_cast<double>(members_.count);
    }

    // The columns that are not members yet, in an order that has nothing to do with the data's.
    std::vector<std::size_t> order() const {
        const std::size_t n = t_.columns.count;
        std::size_t stride = static_cast<std::size_t>(0.6180339887498949 * static_cast<double>(n)) | 1u;
        while (std::gcd(stride, n) != 1) stride += 2;
        std::vector<std::size_t> found;
        for (std::size_t i = 0, k = 0; i < n; ++i, k = (k + stride) % n)
            if (!is_member_[k]) found.push_back(k);
        return found;
    }

    // Put a block's columns in the order of their nearest facets, so that neighbours come after one another.
    std::vector<std::int64_t> sort(std::vector<std::size_t> &pending, std::size_t from, std::size_t end) const {
        std::vector<std::pair<std::int64_t, std::size_t>> keyed(end - from);
        in_parallel((end - from + PART - 1) / PART, threads_, [&](std::size_t part) {
            std::vector<double> b(centre_.size()), room;
            const std::size_t last = std::min(from + (part + 1) * PART, end);
            for (std::size_t i = from + part * PART; i < last; ++i) {
                for (int r = 0; r < shape_.rows; ++r) b[static_cast<std::size_t>(r)] = t_.columns.at(r, pending[i]);
                keyed[i - from] = {starts_.nearest(b.data(), centre_.data(), -1.0, room), pending[i]};
            }
        });
        std::sort(keyed.begin(), keyed.end());
        std::vector<std::int64_t> nearest;
        for (std::size_t i = 0; i < keyed.size(); ++i) {
            nearest.push_back(keyed[i].first);
            pending[from + i] = keyed[i].second;
        }
        return nearest;
    }

    std::vector<Test> test(std::vector<std::size_t> &pending, std::size_t from, std::size_t end) {
        const std::vector<std::int64_t> nearest = sort(pending, from, end);
        std::vector<Test> tests(end - from);
        const std::size_t parts = (end - from + PART - 1) / PART;
        std::vector<Starts> starts(parts, Starts(shape_.rows, PART));
        in_parallel(parts, threads_, [&](std::size_t part) {
            Tester tester(t_, shape_, members_, centre_);
            const std::size_t last = std::min(from + (part + 1) * PART, end);
            for (std::size_t i = from + part * PART; i < last; ++i)
                if (!is_member_[pending[i]])
                    tests[i - from] = tester.test(pending[i], starts_.basis(nearest[i - from]), starts[part], i % THOROUGH == 0);
        });
        for (const Starts &found : starts) starts_.add(found);
        return tests;
    }

    // Let new members in; return the columns of the block that are neither members nor proved to be inside.
    std::vector<std::size_t> grow(const std::vector<std::size_t> &pending, const std::vector<Test> &tests, std::size_t from) {
        std::vector<std::size_t> outside;
        for (std::size_t i = 0; i < tests.size(); ++i) {
            if (tests[i].inside) residual_ = std::max(residual_, tests[i].residual);
            else if (!is_member_[pending[from + i]]) outside.push_back(i);
        }
        std::vector<std::size_t> worst(outside.size());
        in_parallel(outside.size(), threads_, [&](std::size_t n) {
            const Test &test = tests[outside[n]];
            worst[n] = test.apart.empty() ? pending[from + outside[n]] : worst_at(t_, test.apart);
        });
        const std::size_t before = members_.count;
        std::vector<std::size_t> open;
        for (std::size_t n = 0; n < outside.size(); ++n) {
            const std::size_t k = pending[from + outside[n]];
            if (!join(worst[n]) && members_.count == before) join(k);  // no progress otherwise
            if (!is_member_[k]) open.push_back(k);
        }
        starts_.set_most(std::clamp<std::size_t>(members_.count, 32, 512));
        if (members_.count > before) starts_.prune(members_, before);
        return open;
    }

    bool join(std::size_t k) {
        if (is_member_[k]) return false;
        is_member_[k] = 1;
        members_.push(t_.columns, k);
        return true;
    }

    const Technology &t_;
    unsigned threads_;
    const std::function<void()> &pause_;
    Shape shape_;
    Columns members_;
    std::vector<char> is_member_;
    std::vector<double> centre_;
    Starts starts_;
    double residual_ = 0.0;
};

}  // namespace

Technology::Technology(const double *table, std::size_t count, int rows, const std::int8_t *senses,
                       const std::int32_t *powers)
    : columns(rows, count), sense(senses, senses + rows), row_power(powers, powers + rows), column_power(count),
      weight(count) {
    columns.count = count;
    const std::size_t R = static_cast<std::size_t>(rows);
    std::vector<double> factor(R);
    for (std::size_t i = 0; i < R; ++i) factor[i] = power(-row_power[i]);
    for (std::size_t k = 0; k < count; ++k) {
        double size = 0.0;
        for (std::size_t i = 0; i < R; ++i) size += std::fabs(table[k * R + i] * factor[i]);
        column_power[k] = exponent_of(size);
        const double scale = power(-column_power[k]);
        weight[k] = size > 0.0 ? 1.0 / (size * scale) : 1.0;
        for (std::size_t i = 0; i < R; ++i) columns.row(static_cast<int>(i))[k] = table[k * R + i] * factor[i] * scale;
    }
}

void fill_zeros(double *scale, std::size_t rows, std::size_t shared) {
    double sum = 0.0, count = 0.0;
    for (std::size_t i = 0; i < shared; ++i) sum += scale[i], count += scale[i] > 0.0 ? 1.0 : 0.0;
    for (std::size_t i = 0; i < rows; ++i)
        if (scale[i] == 0.0) scale[i] = count > 0.0 ? sum / count : 1.0;
}

Frame find_frame(const Technology &technology, unsigned threads, const std::function<void()> &pause) {
    if (technology.columns.count == 0) return {};
    return Search(technology, threads, pause).run();
}

}  // namespace hetao

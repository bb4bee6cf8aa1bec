#include "starts.hpp"

#include <algorithm>

namespace hetao {

std::uint64_t Starts::key(const std::int64_t *basis, int rows) {
    std::uint64_t sum = 0;  // the order of the basis does not matter
    for (int r = 0; r < rows; ++r) {
        std::uint64_t z = static_cast<std::uint64_t>(basis[r]) + 0x9e3779b97f4a7c15ull;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
        sum += z ^ (z >> 31);
    }
    return sum;
}

void Starts::add(const std::int64_t *basis, const double *prices) {
    if (facets_.count >= most_ || !known_.insert(key(basis, rows_)).second) return;
    facets_.push(prices);
    bases_.insert(bases_.end(), basis, basis + rows_);
}

void Starts::add(const Starts &others) {
    std::vector<double> prices(static_cast<std::size_t>(rows_));
    for (std::size_t f = 0; f < others.count(); ++f) {
        for (int i = 0; i < rows_; ++i) prices[i] = others.facets_.at(i, f);
        add(others.bases_.data() + f * rows_, prices.data());
    }
}

std::int64_t Starts::nearest(const double *b, const double *fixed, double cost, std::vector<double> &room) const {
    const std::size_t n = facets_.count;
    if (room.size() < 2 * n) room.resize(2 * n);
    double *bound = room.data(), *norm = bound + n;
    two_dots(facets_, rows_, b, fixed, bound, norm);
    std::int64_t found = -1;
    double most = 0.0;
    for (std::size_t f = 0; f < n; ++f) {
        if (!(norm[f] * cost > 0.0)) continue;
        const double value = cost * bound[f] / norm[f];
        if (found < 0 || value > most) most = value, found = static_cast<std::int64_t>(f);
    }
    return found;
}

void Starts::prune(const Columns &columns, std::size_t first) {
    std::vector<double> p(static_cast<std::size_t>(rows_)), d(columns.count);
    Starts kept(rows_, most_);
    for (std::size_t f = 0; f < facets_.count; ++f) {
        for (int i = 0; i < rows_; ++i) p[i] = facets_.at(i, f);
        dots(columns, columns.rows, first, columns.count, p.data(), d.data());
        const bool holds = std::all_of(d.begin() + static_cast<std::ptrdiff_t>(first), d.end(), [](double v) { return v <= 0.0; });
        if (holds) kept.add(bases_.data() + f * rows_, p.data());
    }
    *this = std::move(kept);
}

}  // namespace hetao

// Facets met before, as starts for other units.
//
// With one fixed column the prices of a facet serve every unit: rescaled to a unit's own fixed column they stay dual
// feasible, and by weak duality the facet whose bound is best is the one nearest to the optimum.
#pragma once

#include <cstdint>
#include <unordered_set>
#include <vector>

#include "columns.hpp"

namespace hetao {

class Starts {
  public:
    Starts(int rows, std::size_t most) : rows_(rows), most_(most), facets_(rows, 0) {}

    // Keep a dual feasible basis and its prices, unless it is known or there is no room.
    void add(const std::int64_t *basis, const double *prices);
    void add(const Starts &others);

    // The facet with the best bound for a unit, or -1. `room` is scratch.
    std::int64_t nearest(const double *b, const double *fixed, double cost, std::vector<double> &room) const;

    // Its basis; nullptr for -1.
    const std::int64_t *basis(std::int64_t facet) const { return facet < 0 ? nullptr : bases_.data() + facet * rows_; }

    // Forget the facets that cut off one of the columns from `first` on.
    void prune(const Columns &columns, std::size_t first);

    void set_most(std::size_t most) { most_ = most; }
    std::size_t count() const { return facets_.count; }

  private:
    static std::uint64_t key(const std::int64_t *basis, int rows);

    int rows_;
    std::size_t most_;
    Columns facets_;  // prices, one facet a column
    std::vector<std::int64_t> bases_;
    std::unordered_set<std::uint64_t> known_;
};

}  // namespace hetao

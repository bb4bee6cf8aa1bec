// A technology's generated columns, scaled, and its frame: the extreme ones, which span it alone.
#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "columns.hpp"

namespace hetao {

// Columns divided by powers of two, so that scaling rounds nothing: each row as the caller says, each column by its sum.
struct Technology {
    Columns columns;                 // scaled
    std::vector<std::int8_t> sense;  // by row
    std::vector<int> row_power, column_power;
    std::vector<double> weight;      // by column: 1 / the sum of its scaled sizes, exactly normal

    // `table` is (count × rows), one column a line; each row is divided by two to its power.
    Technology(const double *table, std::size_t count, int rows, const std::int8_t *sense, const std::int32_t *powers);
};

// The power of two that a size is divided by.
inline int exponent_of(double size) { return size > 0.0 ? std::ilogb(size) : 0; }

// Where a unit's own quantity is zero, its size there is the mean of its others (of the first `shared` rows; 1 without).
void fill_zeros(double *scale, std::size_t rows, std::size_t shared);

struct Frame {
    std::vector<std::int64_t> members;  // positions of the columns that span the technology, ascending
    double residual = 0.0;              // the largest relative violation in the proofs that the others are spanned
};

// Find the frame (BuildHull of Dulá 2011): each column is tested against the members so far; one that falls outside
// yields prices that separate it, and the column that is worst at these prices becomes a member; but for ties it is
// extreme. A test that rounding leaves open makes the column a member. A member too many changes nothing. `pause` is called now and then and may
// throw.
Frame find_frame(const Technology &technology, unsigned threads, const std::function<void()> &pause);

}  // namespace hetao

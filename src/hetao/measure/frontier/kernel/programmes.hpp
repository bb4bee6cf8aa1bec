// Many programmes on one technology, each with its own right-hand side and fixed columns, solved and audited.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "simplex.hpp"
#include "technology.hpp"

namespace hetao {

// A call's programmes: n units; b is (n × rows), F (n × fixed × rows), c (n × fixed), in the units of the data.
struct Programmes {
    Shape shape;
    std::size_t count = 0;
    const double *b = nullptr, *F = nullptr, *c = nullptr;
    const std::int64_t *banned = nullptr;  // by unit: the column it may not use, or -1; nullptr: none
};

// Where the answers go; what belongs to a unit that is not optimal is left as it was.
struct Answers {
    std::int8_t *outcome = nullptr;     // (n)
    double *objective = nullptr;        // (n)
    double *prices = nullptr;           // (n × rows)
    double *fixed = nullptr;            // (n × fixed)
    std::int64_t *peers = nullptr;      // (n × rows) columns with a positive weight, -1 after the last
    double *weights = nullptr;          // (n × rows)
    double *certificate = nullptr;      // (n × 3) primal residual, dual residual, gap
};

// Solve them with the frame's members; equal for any number of threads.
void solve_programmes(const Technology &technology, const Frame &frame, const Programmes &programmes,
                      const Answers &answers, unsigned threads, const std::function<void()> &pause);

}  // namespace hetao

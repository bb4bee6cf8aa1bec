// The revised simplex method for programmes of few rows, many generated columns and a few fixed ones.
//
//     min c·f   subject to   A λ + F f  {≤, =, ≥}  b,   λ ≥ 0,   f ≥ 0 or free
//
// A is shared by many programmes; b, F and c are one unit's own. The inverse of the basis is kept explicitly: with few
// rows that is cheaper than any factorisation, and pricing (one pass along A) dominates. A start may be any basis: where
// it is not dual feasible its negative reduced costs are shifted away, the dual method finds a feasible point, and the
// primal method, from there and with the true costs, an optimal one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "columns.hpp"

namespace hetao {

// What is alike for many programmes. Extra rows, which hold fixed columns only, come after those of the columns.
struct Shape {
    int rows = 0;                     // all rows
    int shared = 0;                   // the first of them: those of the generated columns
    int fixed = 0;                    // number of fixed columns
    std::vector<std::int8_t> sense;   // by row: -1 ≤, 0 =, 1 ≥
    std::vector<std::uint8_t> free;   // by fixed column: may it be negative?

    int generated() const { return rows + fixed; }  // identifiers: logicals, then fixed, then generated columns
};

enum class Outcome : std::int8_t { optimal = 0, infeasible = 1, unbounded = 2, stalled = 3 };

class Simplex {
  public:
    Simplex(const Shape &shape, const Columns &columns);

    // Take one unit's own data: b (rows), F (fixed × rows), c (fixed), and the size of its quantities, row by row.
    // `banned` is a column to leave out, or -1. The arrays must outlive the solve.
    void pose(const double *b, const double *F, const double *c, const double *scale, std::int64_t banned = -1);

    // Begin from a basis (rows identifiers); with nullptr, or where it is singular, from the logicals.
    void start(const std::int64_t *basis);

    // `dual_feasible`: the start is known to be so, and need not be looked at.
    Outcome solve(bool dual_feasible = false);

    // After columns were added to an optimal basis: go on from it.
    Outcome improve();

    const std::vector<std::int64_t> &basis() const { return basis_; }
    const std::vector<double> &values() const { return x_; }  // of the basic columns, noise set to zero
    const std::vector<double> &prices() const { return p_; }
    const std::vector<double> &ray() const { return rho_; }  // where infeasible: ray·b < 0 ≤ ray·(every column)
    std::int64_t banned() const { return banned_; }

  private:
    Outcome dual();
    Outcome primal();
    Outcome finish();
    bool invert();
    void shift();
    void unshift();
    void refresh();
    void price();
    bool beyond_doubt(int row) const;
    bool endless() const;
    int leaving() const;
    std::int64_t entering_dual(bool smallest);
    std::int64_t entering_primal(bool smallest);
    int blocking(bool smallest);
    void exchange(int row, std::int64_t enters);
    void column(std::int64_t id, double *out) const;
    void towards(std::int64_t id);
    double cost(std::int64_t id) const;
    bool is_free(std::int64_t id) const { return id >= s_.rows && id < s_.generated() && s_.free[id - s_.rows]; }
    bool is_artificial(std::int64_t id) const { return id < s_.rows && s_.sense[id] == 0; }
    double short_of(int r) const;
    void reserve();

    const Shape &s_;
    const Columns &A_;
    const double *b_ = nullptr, *F_ = nullptr, *c_ = nullptr, *scale_ = nullptr;
    std::int64_t banned_ = -1;
    std::vector<std::int64_t> basis_;
    std::vector<double> inverse_;            // rows × rows
    std::vector<double> x_, noise_, p_, rho_, alpha_, work_, big_;
    std::vector<double> reduced_, tableau_;  // by identifier: reduced costs; the row of the leaving variable, or sizes
    std::vector<double> shift_;
    std::vector<std::uint8_t> backwards_;    // by fixed column: would it enter towards the negative?
    bool shifted_ = false;
    int since_inverted_ = 0;
};

}  // namespace hetao

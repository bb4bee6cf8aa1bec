// Solving with a few of the members at a time.
//
// Neighbouring units need the same few columns. A sifter keeps those that its units needed so far at hand, solves on
// them, and calls in members only where its prices or its ray say that they would help.
#pragma once

#include <cstdint>
#include <vector>

#include "simplex.hpp"

namespace hetao {

class Sifter {
  public:
    // `members` may grow between units, at its end.
    Sifter(const Shape &shape, const Columns &members);

    // Take one unit's data, as Simplex::pose does; `banned` is a member, or -1.
    void pose(const double *b, const double *F, const double *c, const double *scale, std::int64_t banned = -1);

    // Solve on the columns at hand, from a basis named by members (dual feasible for all of them), or from the last one.
    Outcome solve(const std::int64_t *basis = nullptr);

    // Call in members that would help against what was found (optimal or infeasible); false where none does. `audit`
    // then is the largest violation among all of them but the banned one, relative to the size of its terms.
    bool call_in(Outcome found);
    double audit() const { return audit_; }

    // Call in a column that is not a member, for this unit only.
    void call_in(const Columns &from, std::size_t k);

    // Solve again after columns were called in.
    Outcome go_on(Outcome found) { return found == Outcome::optimal ? simplex_.improve() : simplex_.solve(false); }

    const Simplex &simplex() const { return simplex_; }
    const Columns &columns() const { return own_; }

    // The basis with generated columns named by member, or −1 − k where column k was called in from elsewhere.
    const std::vector<std::int64_t> &basis();
    std::int64_t name(std::int64_t id) const { return names_[static_cast<std::size_t>(id - shape_.generated())]; }

  private:
    std::int64_t at_hand(std::int64_t member);
    void tidy();

    const Shape &shape_;
    const Columns &members_;
    Columns own_;
    Simplex simplex_;
    std::vector<std::int64_t> names_;  // of the columns at hand
    std::vector<std::int64_t> place_;  // by member: where it is at hand, or −1
    std::vector<std::int64_t> last_, begin_;
    std::vector<double> value_;
    std::int64_t banned_ = -1;
    double audit_ = 0.0;
    bool begun_ = false, strangers_ = false;
};

}  // namespace hetao

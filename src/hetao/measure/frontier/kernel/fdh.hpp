// The free disposal hull: no combination at all, so scores are found by looking.
#pragma once

#include <cstdint>
#include <functional>

namespace hetao {

// Tables of n lines; less is better in every column.
struct Tables {
    const double *reach = nullptr, *hold = nullptr;
    std::size_t count = 0, moves = 0, holds = 0;
};

// For each evaluated unit: the reference unit that is no worse in every column of `hold` and has the smallest largest
// ratio reach / own reach over the columns where the own one is not zero (where it is zero nothing above zero will do).
// Of several the first. `banned` is each unit's own place in the reference, which
// it may not use; nullptr: all may. score is infinite and peer −1 where there is none.
void free_disposal(const Tables &reference, const Tables &own, const std::int64_t *banned, unsigned threads,
                   const std::function<void()> &pause, double *score, std::int64_t *peer);

}  // namespace hetao

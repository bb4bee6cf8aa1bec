#include "programmes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "parallel.hpp"
#include "sifter.hpp"
#include "starts.hpp"

namespace hetao {

namespace {

constexpr std::size_t PART = 128;        // units that one thread solves in a row
constexpr std::size_t ROUND = 8 * PART;  // units between two looks at the keyboard
constexpr std::size_t SWEEP = 4096;
constexpr std::size_t CALLS = 4096;      // times that one unit may call columns in
constexpr double OUTSIDE = 1e-13;

// Solves units one after another against the frame's members, and columns beyond them where a member is banned.
class Solver {
  public:
    Solver(const Technology &t, const Frame &frame, const Columns &members, const Programmes &p)
        : t_(t), frame_(frame), p_(p), sifter_(p.shape, members), factor_(R()), b_(R()), scale_(R()), F_(R() * K()),
          c_(K()), power_(K()) {
        for (std::size_t i = 0; i < R(); ++i) factor_[i] = i < S() ? std::ldexp(1.0, -t.row_power[i]) : 1.0;
    }

    // The facet nearest to a unit, or -1.
    std::int64_t nearest(std::size_t unit, const Starts &starts) {
        pose(unit);
        return starts.nearest(b_.data(), F_.data(), c_[0], room_);
    }

    void solve(std::size_t unit, const std::int64_t *basis, const Answers &answers) {
        pose(unit);
        const std::int64_t banned = p_.banned ? p_.banned[unit] : -1, member = position(banned);
        sifter_.pose(b_.data(), F_.data(), c_.data(), scale_.data(), member);
        Outcome found = sifter_.solve(basis);
        for (std::size_t calls = 0; found == Outcome::optimal || found == Outcome::infeasible; ++calls) {
            if (!sifter_.call_in(found) && (member < 0 || !beyond(found, banned))) break;
            found = calls < CALLS ? sifter_.go_on(found) : Outcome::stalled;
        }
        answers.outcome[unit] = static_cast<std::int8_t>(found);
        if (found == Outcome::optimal) report(unit, answers);
    }

    // Keep the facet that the last unit ended at.
    void keep(Starts &starts) { starts.add(sifter_.basis().data(), sifter_.simplex().prices().data()); }

  private:
    std::size_t R() const { return static_cast<std::size_t>(p_.shape.rows); }
    std::size_t S() const { return static_cast<std::size_t>(p_.shape.shared); }
    std::size_t K() const { return static_cast<std::size_t>(p_.shape.fixed); }

    // A unit's own data, its rows scaled as the technology's are and its fixed columns by powers of two.
    void pose(std::size_t unit) {
        for (std::size_t i = 0; i < R(); ++i) b_[i] = p_.b[unit * R() + i] * factor_[i], scale_[i] = std::fabs(b_[i]);
        for (std::size_t k = 0; k < K(); ++k) {
            const double *from = p_.F + (unit * K() + k) * R();
            double *to = F_.data() + k * R(), most = 0.0;
            for (std::size_t i = 0; i < R(); ++i) {
                to[i] = from[i] * factor_[i];
                most = std::max(most, std::fabs(to[i]));
                scale_[i] = std::max(scale_[i], std::fabs(to[i]));
            }
            power_[k] = -exponent_of(most);
            for (std::size_t i = 0; i < R(); ++i) to[i] = std::ldexp(to[i], power_[k]);
            c_[k] = std::ldexp(p_.c[unit * K() + k], power_[k]);
        }
        fill_zeros(scale_.data(), R(), S());
    }

    // Where a column stands among the members, or -1.
    std::int64_t position(std::int64_t column) const {
        const auto at = std::lower_bound(frame_.members.begin(), frame_.members.end(), column);
        return at != frame_.members.end() && *at == column ? at - frame_.members.begin() : -1;
    }

    // A member is banned, so columns that it spanned may count: call in the worst one at what was found, if any.
    bool beyond(Outcome found, std::int64_t banned) {
        const bool solved = found == Outcome::optimal;
        const std::vector<double> &p = solved ? sifter_.simplex().prices() : sifter_.simplex().ray();
        const double sign = solved ? 1.0 : -1.0;
        double room[SWEEP], most = 0.0;
        std::int64_t worst = -1;
        for (std::size_t from = 0; from < t_.columns.count; from += SWEEP) {
            const std::size_t end = std::min(from + SWEEP, t_.columns.count);
            dots(t_.columns, t_.columns.rows, from, end, p.data(), room - from);
            for (std::size_t k = from; k < end; ++k) {
                const double value = sign * room[k - from] * t_.weight[k];
                if (value > most && static_cast<std::int64_t>(k) != banned && outside(p, sign, k)) most = value, worst = static_cast<std::int64_t>(k);
            }
        }
        if (worst >= 0) sifter_.call_in(t_.columns, static_cast<std::size_t>(worst));
        return worst >= 0;
    }

    // Does a column help by more than rounding?
    bool outside(const std::vector<double> &p, double sign, std::size_t k) const {
        double value = 0.0, size = 0.0;
        for (std::size_t i = 0; i < S(); ++i) {
            const double term = p[i] * t_.columns.at(static_cast<int>(i), k);
            value += sign * term, size += std::fabs(term);
        }
        return value > OUTSIDE * size;
    }

    std::int64_t global(std::int64_t id) const {
        const std::int64_t name = sifter_.name(id);
        return name < 0 ? -1 - name : frame_.members[static_cast<std::size_t>(name)];
    }

    void report(std::size_t unit, const Answers &answers) {
        const Simplex &simplex = sifter_.simplex();
        const std::vector<double> &x = simplex.values(), &p = simplex.prices();
        double objective = 0.0;
        std::size_t peers = 0;
        for (std::size_t k = 0; k < K(); ++k) answers.fixed[unit * K() + k] = 0.0;
        for (std::size_t r = 0; r < R(); ++r) {
            const std::int64_t id = simplex.basis()[r];
            if (id >= p_.shape.generated()) {
                if (x[r] <= 0.0) continue;
                const std::int64_t k = global(id);
                answers.peers[unit * R() + peers] = k;
                answers.weights[unit * R() + peers++] = std::ldexp(x[r], -t_.column_power[static_cast<std::size_t>(k)]);
            } else if (id >= p_.shape.rows) {
                const std::size_t k = static_cast<std::size_t>(id) - R();
                answers.fixed[unit * K() + k] = std::ldexp(x[r], power_[k]);
                objective += c_[k] * x[r];
            }
        }
        for (std::size_t r = peers; r < R(); ++r) answers.peers[unit * R() + r] = -1, answers.weights[unit * R() + r] = 0.0;
        for (std::size_t i = 0; i < R(); ++i) answers.prices[unit * R() + i] = p[i] * factor_[i];
        answers.objective[unit] = objective;
        double *certificate = answers.certificate + unit * 3, dual_objective = 0.0;
        for (std::size_t i = 0; i < R(); ++i) dual_objective += p[i] * b_[i];
        certificate[0] = primal_residual();
        certificate[1] = dual_residual();
        certificate[2] = std::fabs(objective - dual_objective) / (1.0 + std::fabs(objective));
    }

    // The largest violation of a row, relative to the unit's own quantity there, and of a sign.
    double primal_residual() {
        const Simplex &simplex = sifter_.simplex();
        const std::vector<double> &x = simplex.values();
        double worst = 0.0;
        for (std::size_t i = 0; i < R(); ++i) {
            double sum = -b_[i];
            for (std::size_t r = 0; r < R(); ++r) {
                const std::int64_t id = simplex.basis()[r];
                if (id >= p_.shape.generated()) {
                    if (i < S()) sum += x[r] * sifter_.columns().at(static_cast<int>(i), static_cast<std::size_t>(id - p_.shape.generated()));
                } else if (id >= p_.shape.rows) {
                    sum += x[r] * F_[(static_cast<std::size_t>(id) - R()) * R() + i];
                }
            }
            const int sense = p_.shape.sense[i];
            worst = std::max(worst, (sense < 0 ? sum : sense > 0 ? -sum : std::fabs(sum)) / scale_[i]);
        }
        return worst;
    }

    // The largest violation of a reduced cost, relative to the size of its terms. A column outside the frame is spanned
    // by it with a known residual, so its violation is at most twice the members' and that residual.
    double dual_residual() {
        const std::vector<double> &p = sifter_.simplex().prices();
        double worst = 2.0 * sifter_.audit() + frame_.residual;
        for (std::size_t i = 0; i < R(); ++i) {
            const int sense = p_.shape.sense[i];
            worst = std::max(worst, sense < 0 ? p[i] * scale_[i] : sense > 0 ? -p[i] * scale_[i] : 0.0);
        }
        for (std::size_t k = 0; k < K(); ++k) {
            double d = c_[k], size = std::fabs(c_[k]);
            for (std::size_t i = 0; i < R(); ++i) d -= p[i] * F_[k * R() + i], size += std::fabs(p[i] * F_[k * R() + i]);
            const double wrong = p_.shape.free[k] ? std::fabs(d) : std::max(-d, 0.0);
            if (wrong > worst * size) worst = wrong / size;
        }
        return worst;
    }

    const Technology &t_;
    const Frame &frame_;
    const Programmes &p_;
    Sifter sifter_;
    std::vector<double> factor_, b_, scale_, F_, c_, room_;
    std::vector<int> power_;
};

template <class Work>  // work(from, end)
void in_parts(std::size_t count, unsigned threads, const Work &work) {
    in_parallel((count + PART - 1) / PART, threads,
                [&](std::size_t part) { work(part * PART, std::min((part + 1) * PART, count)); });
}

}  // namespace

void solve_programmes(const Technology &technology, const Frame &frame, const Programmes &programmes,
                      const Answers &answers, unsigned threads, const std::function<void()> &pause) {
    Columns members(technology.columns.rows, frame.members.size());
    for (const std::int64_t k : frame.members) members.push(technology.columns, static_cast<std::size_t>(k));
    const std::size_t n = programmes.count;
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::vector<std::int64_t> nearest(n, -1);
    Starts starts(programmes.shape.rows, std::clamp<std::size_t>(n / 10, 48, 512));
    if (programmes.shape.fixed == 1 && programmes.shape.free[0]) {
        Solver scout(technology, frame, members, programmes);
        const std::size_t sample = std::min<std::size_t>(n, std::clamp<std::size_t>(n / 8, 96, 1024));
        for (std::size_t s = 0; s < sample; ++s) {
            const std::size_t unit = s * n / sample;
            scout.solve(unit, starts.basis(scout.nearest(unit, starts)), answers);
            if (answers.outcome[unit] == 0 && !programmes.banned) scout.keep(starts);
        }
        in_parts(n, threads, [&](std::size_t from, std::size_t end) {
            Solver solver(technology, frame, members, programmes);
            for (std::size_t unit = from; unit < end; ++unit) nearest[unit] = solver.nearest(unit, starts);
        });
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return nearest[a] < nearest[b]; });
    }
    for (std::size_t start = 0; start < n; start += ROUND) {
        pause();
        in_parts(std::min(ROUND, n - start), threads, [&](std::size_t from, std::size_t end) {
            Solver solver(technology, frame, members, programmes);
            for (std::size_t i = start + from; i < start + end; ++i)
                solver.solve(order[i], starts.basis(nearest[order[i]]), answers);
        });
    }
}

}  // namespace hetao

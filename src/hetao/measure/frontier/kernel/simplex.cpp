#include "simplex.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace hetao {

namespace {
constexpr double INF = std::numeric_limits<double>::infinity();
constexpr double NOISE = 1e-13;       // of the unit's own quantities: what is called rounding
constexpr double GIVE = 1e-13;        // of the prices: by so much a ratio test lets reduced costs pass below zero
constexpr double WORTHLESS = 1e-14;
constexpr double OPTIMAL = 1e-13;     // a reduced cost this far below zero, against its terms, still is zero
constexpr double PIVOT = 1e-9;        // a smaller element, against the largest of its line, is never divided by
constexpr double SINGULAR = 1e-12;
constexpr double CLEAR = 1e6;         // noises: what misses feasibility by less is not called infeasible
constexpr double DOUBT = 1e-14;       // a column that would mend a row by less, against its line, cannot
constexpr double ROUNDED = 1e-13;     // of the sizes of a sum's terms: what may be left of zero
constexpr int REINVERT = 24;          // exchanges after which the inverse is computed afresh
constexpr int DEGENERATE = 40;        // steps without progress after which Bland's rule takes over, which cannot cycle
}  // namespace

Simplex::Simplex(const Shape &shape, const Columns &columns) : s_(shape), A_(columns) {
    const std::size_t R = static_cast<std::size_t>(shape.rows);
    basis_.resize(R);
    inverse_.resize(R * R);
    big_.resize(R * R * 2);
    backwards_.resize(static_cast<std::size_t>(shape.fixed));
    for (auto *v : {&x_, &noise_, &p_, &rho_, &alpha_, &work_}) v->assign(R, 0.0);
}

void Simplex::reserve() {
    const std::size_t size = static_cast<std::size_t>(s_.generated()) + A_.count;
    if (reduced_.size() >= size) return;
    for (auto *v : {&reduced_, &tableau_, &shift_}) v->resize(size + A_.count / 2 + 64, 0.0);
}

void Simplex::pose(const double *b, const double *F, const double *c, const double *scale, std::int64_t banned) {
    b_ = b, F_ = F, c_ = c, scale_ = scale, banned_ = banned;
    reserve();
    unshift();
}

void Simplex::column(std::int64_t id, double *out) const {
    std::fill(out, out + s_.rows, 0.0);
    if (id < s_.rows) {
        out[id] = s_.sense[id] > 0 ? -1.0 : 1.0;
    } else if (id < s_.generated()) {
        const double *f = F_ + (id - s_.rows) * s_.rows;
        std::copy(f, f + s_.rows, out);
    } else {
        for (int i = 0; i < s_.shared; ++i) out[i] = A_.at(i, static_cast<std::size_t>(id - s_.generated()));
    }
}

double Simplex::cost(std::int64_t id) const {
    const double own = id >= s_.rows && id < s_.generated() ? c_[id - s_.rows] : 0.0;
    return shifted_ ? own + shift_[id] : own;
}

// Gauss-Jordan elimination with partial pivoting; false where the basis is singular.
bool Simplex::invert() {
    const int R = s_.rows, W = 2 * R;
    double *M = big_.data();
    for (int k = 0; k < R; ++k) {
        column(basis_[k], work_.data());
        for (int i = 0; i < R; ++i) M[i * W + k] = work_[i], M[i * W + R + k] = i == k ? 1.0 : 0.0;
    }
    for (int k = 0; k < R; ++k) {
        int best = k;
        double size = 0.0, top = 0.0;
        for (int i = 0; i < R; ++i) {
            const double a = std::fabs(M[i * W + k]);
            size = std::max(size, a);
            if (i >= k && a > top) top = a, best = i;
        }
        if (!(top > SINGULAR * size)) return false;
        if (best != k) std::swap_ranges(M + best * W, M + best * W + W, M + k * W);
        const double d = 1.0 / M[k * W + k];
        for (int j = 0; j < W; ++j) M[k * W + j] *= d;
        for (int i = 0; i < R; ++i) {
            const double f = M[i * W + k];
            if (i == k || f == 0.0) continue;
            for (int j = k; j < W; ++j) M[i * W + j] -= f * M[k * W + j];
        }
    }
    for (int i = 0; i < R; ++i) std::copy(M + i * W + R, M + i * W + W, inverse_.begin() + i * R);
    since_inverted_ = 0;
    return true;
}

void Simplex::start(const std::int64_t *basis) {
    if (basis) {
        std::copy(basis, basis + s_.rows, basis_.begin());
        const bool banned = banned_ >= 0 && std::find(basis, basis + s_.rows, banned_ + s_.generated()) != basis + s_.rows;
        if (!banned && invert()) return;
    }
    for (int i = 0; i < s_.rows; ++i) basis_[i] = i;
    std::fill(inverse_.begin(), inverse_.end(), 0.0);
    for (int i = 0; i < s_.rows; ++i) inverse_[i * s_.rows + i] = s_.sense[i] > 0 ? -1.0 : 1.0;
    since_inverted_ = 0;
    for (int k = 0; k < s_.fixed; ++k) {  // a free column cannot wait outside the basis
        if (!s_.free[k]) continue;
        towards(s_.rows + k);
        int best = -1;
        for (int r = 0; r < s_.rows; ++r)
            if (!is_free(basis_[r]) && alpha_[r] != 0.0 && (best < 0 || std::fabs(alpha_[r]) > std::fabs(alpha_[best])))
                best = r;
        if (best >= 0) exchange(best, s_.rows + k);
    }
}

void Simplex::towards(std::int64_t id) {
    column(id, work_.data());
    for (int r = 0; r < s_.rows; ++r) {
        double sum = 0.0;
        for (int i = 0; i < s_.rows; ++i) sum += inverse_[r * s_.rows + i] * work_[i];
        alpha_[r] = sum;
    }
}

void Simplex::exchange(int row, std::int64_t enters) {
    const int R = s_.rows;
    basis_[row] = enters;
    double *mine = inverse_.data() + row * R;
    const double d = 1.0 / alpha_[row];
    for (int i = 0; i < R; ++i) mine[i] *= d;
    for (int r = 0; r < R; ++r) {
        const double f = alpha_[r];
        if (r == row || f == 0.0) continue;
        double *theirs = inverse_.data() + r * R;
        for (int i = 0; i < R; ++i) theirs[i] -= f * mine[i];
    }
    if (++since_inverted_ >= REINVERT) invert();
}

// The basic values x = B⁻¹b. What a change of the rows by a negligible share of the unit's own quantities could bring
// about is noise, and becomes zero.
void Simplex::refresh() {
    const int R = s_.rows;
    for (int r = 0; r < R; ++r) {
        double sum = 0.0, size = 0.0;
        for (int i = 0; i < R; ++i) {
            sum += inverse_[r * R + i] * b_[i];
            size += std::fabs(inverse_[r * R + i]) * scale_[i];
        }
        noise_[r] = NOISE * size;
        x_[r] = std::fabs(sum) <= noise_[r] ? 0.0 : sum;
    }
}

// The prices c B⁻¹. One that at the unit's own quantities is worth next to nothing beside the others is rounding.
void Simplex::price() {
    const int R = s_.rows;
    std::fill(p_.begin(), p_.end(), 0.0);
    for (int r = 0; r < R; ++r) {
        const double c = cost(basis_[r]);
        if (c == 0.0) continue;
        for (int i = 0; i < R; ++i) p_[i] += c * inverse_[r * R + i];
    }
    double most = 0.0;
    for (int i = 0; i < R; ++i) most = std::max(most, std::fabs(p_[i]) * scale_[i]);
    for (int i = 0; i < R; ++i)
        if (std::fabs(p_[i]) * scale_[i] <= WORTHLESS * most) p_[i] = 0.0;
}

// How far the basic value of row r is on the wrong side, with the sign of its way back; 0 where it is not.
double Simplex::short_of(int r) const {
    if (is_free(basis_[r])) return 0.0;
    return x_[r] < 0.0 || is_artificial(basis_[r]) ? -x_[r] : 0.0;
}

int Simplex::leaving() const {
    const int R = s_.rows;
    int best = -1;
    double most = 0.0;
    for (int r = 0; r < R; ++r) {
        const double lack = short_of(r);
        if (lack == 0.0) continue;
        double size = 0.0;  // steepest edge, exactly: the norm of the row of the inverse
        for (int i = 0; i < R; ++i) size += inverse_[r * R + i] * inverse_[r * R + i];
        const double gain = lack * lack / size;
        if (gain > most) most = gain, best = r;
    }
    return best;
}

// The nonbasic column that keeps the reduced costs at least zero, or -1. rho_ holds the leaving row of the inverse, with
// the sign that makes its value negative. Among near ties the largest pivot wins (Harris).
std::int64_t Simplex::entering_dual(bool smallest) {
    const int R = s_.rows, G = s_.generated();
    const std::int64_t all = G + static_cast<std::int64_t>(A_.count);
    for (int i = 0; i < R; ++i) work_[i] = -p_[i];
    two_dots(A_, s_.shared, work_.data(), rho_.data(), reduced_.data() + G, tableau_.data() + G);
    for (int i = 0; i < R; ++i) {
        const double sign = s_.sense[i] > 0 ? -1.0 : 1.0;
        reduced_[i] = -sign * p_[i];
        tableau_[i] = s_.sense[i] == 0 ? 0.0 : sign * rho_[i];
    }
    for (int k = 0; k < s_.fixed; ++k) {
        const double *f = F_ + k * R;
        double d = c_[k], a = 0.0;
        for (int i = 0; i < R; ++i) d -= p_[i] * f[i], a += rho_[i] * f[i];
        reduced_[R + k] = d, tableau_[R + k] = s_.free[k] ? 0.0 : a;
    }
    if (shifted_)
        for (std::int64_t j = 0; j < all; ++j) reduced_[j] += shift_[j];
    for (int r = 0; r < R; ++r) tableau_[basis_[r]] = 0.0;
    if (banned_ >= 0) tableau_[G + banned_] = 0.0;
    double largest = 0.0, priced = 0.0;
    for (int i = 0; i < R; ++i) largest = std::max(largest, std::fabs(rho_[i])), priced = std::max(priced, std::fabs(p_[i]));
    const double least = PIVOT * largest, give = smallest ? 0.0 : GIVE * priced;
    const double bound = least_ratio(reduced_.data(), tableau_.data(), static_cast<std::size_t>(all), least, give);
    if (bound == INF) return -1;
    std::int64_t best = -1;
    double pivot = 0.0;
    for (std::int64_t j = 0; j < all; ++j) {
        if (!(reduced_[j] <= bound * -tableau_[j]) || tableau_[j] >= -least) continue;
        if (-tableau_[j] > pivot) pivot = -tableau_[j], best = j;
        if (smallest) break;
    }
    return best;
}

void Simplex::unshift() {
    if (shifted_) std::fill(shift_.begin(), shift_.end(), 0.0);
    shifted_ = false;
}

// Is it plain that no column can mend the row that the ray comes from? tableau_ holds what each would add to it.
bool Simplex::beyond_doubt(int row) const {
    if (std::fabs(x_[row]) <= CLEAR * noise_[row]) return false;
    double largest = 0.0;
    for (const double a : rho_) largest = std::max(largest, std::fabs(a));
    const auto end = tableau_.begin() + s_.generated() + static_cast<std::ptrdiff_t>(A_.count);
    return std::all_of(tableau_.begin(), end, [&](double a) { return a >= -DOUBT * largest; });
}

// Make the basis dual feasible by raising costs.
void Simplex::shift() {
    const int R = s_.rows, G = s_.generated();
    const std::int64_t all = G + static_cast<std::int64_t>(A_.count);
    unshift();
    price();
    dots(A_, s_.shared, 0, A_.count, p_.data(), reduced_.data() + G);
    for (std::int64_t j = G; j < all; ++j) reduced_[j] = -reduced_[j];
    for (int i = 0; i < R; ++i) reduced_[i] = s_.sense[i] == 0 ? 0.0 : (s_.sense[i] > 0 ? p_[i] : -p_[i]);
    for (int k = 0; k < s_.fixed; ++k) {
        double d = c_[k];
        for (int i = 0; i < R; ++i) d -= p_[i] * F_[k * R + i];
        reduced_[R + k] = s_.free[k] ? 0.0 : d;
    }
    for (int r = 0; r < R; ++r) reduced_[basis_[r]] = 0.0;
    if (banned_ >= 0) reduced_[G + banned_] = 0.0;
    for (std::int64_t j = 0; j < all; ++j) {
        shift_[j] = reduced_[j] < 0.0 ? -reduced_[j] : 0.0;
        shifted_ = shifted_ || shift_[j] > 0.0;
    }
}

Outcome Simplex::dual() {
    const int R = s_.rows, limit = 400 + 60 * R;
    for (int step = 0, still = 0; step < limit; ++step) {
        refresh();
        const bool bland = still > DEGENERATE;
        int row = -1;
        if (!bland) {
            row = leaving();
        } else {
            for (int r = 0; r < R; ++r)
                if (short_of(r) != 0.0 && (row < 0 || basis_[r] < basis_[row])) row = r;
        }
        if (row < 0) return Outcome::optimal;
        const double sign = x_[row] < 0.0 ? 1.0 : -1.0;
        for (int i = 0; i < R; ++i) rho_[i] = sign * inverse_[row * R + i];
        price();
        const std::int64_t enters = entering_dual(bland);
        if (enters < 0) {
            if (since_inverted_ == 0) return beyond_doubt(row) ? Outcome::infeasible : Outcome::stalled;
            if (!invert()) return Outcome::stalled;
            continue;
        }
        still = reduced_[enters] > 0.0 ? 0 : still + 1;
        towards(enters);
        if (alpha_[row] == 0.0) return Outcome::stalled;
        exchange(row, enters);
    }
    return Outcome::stalled;
}

// The column whose reduced cost is most below zero, of those where it is more than rounding; -1 where none is.
std::int64_t Simplex::entering_primal(bool smallest) {
    const int R = s_.rows, G = s_.generated();
    const std::int64_t all = G + static_cast<std::int64_t>(A_.count);
    sized_dots(A_, s_.shared, p_.data(), reduced_.data() + G, tableau_.data() + G);
    for (std::int64_t j = G; j < all; ++j) reduced_[j] = -reduced_[j];
    double priced = 0.0;
    for (int i = 0; i < R; ++i) priced = std::max(priced, std::fabs(p_[i]));
    for (int i = 0; i < R; ++i) {
        reduced_[i] = s_.sense[i] == 0 ? 0.0 : (s_.sense[i] > 0 ? p_[i] : -p_[i]);
        tableau_[i] = priced;
    }
    for (int k = 0; k < s_.fixed; ++k) {
        double d = c_[k], size = std::fabs(c_[k]);
        for (int i = 0; i < R; ++i) {
            const double term = p_[i] * F_[k * R + i];
            d -= term, size += std::fabs(term);
        }
        backwards_[k] = s_.free[k] && d > 0.0;
        reduced_[R + k] = backwards_[k] ? -d : d, tableau_[R + k] = size;
    }
    for (int r = 0; r < R; ++r) reduced_[basis_[r]] = 0.0;
    if (banned_ >= 0) reduced_[G + banned_] = 0.0;
    std::int64_t best = -1;
    double most = 0.0;
    for (std::int64_t j = 0; j < all; ++j) {
        const double d = reduced_[j];
        if (d >= most || d >= -OPTIMAL * tableau_[j]) continue;
        most = d, best = j;
        if (smallest) break;
    }
    return best;
}

// The row that stops the entering column, whose way alpha_ holds; -1 where none does.
int Simplex::blocking(bool smallest) {
    const int R = s_.rows;
    double largest = 0.0;
    for (int r = 0; r < R; ++r) largest = std::max(largest, std::fabs(alpha_[r]));
    const double least = PIVOT * largest;
    double bound = INF;
    for (int r = 0; r < R; ++r) {
        if (is_free(basis_[r])) continue;
        if (is_artificial(basis_[r]) && std::fabs(alpha_[r]) > least) bound = 0.0;
        if (alpha_[r] > least) bound = std::min(bound, (std::max(x_[r], 0.0) + (smallest ? 0.0 : noise_[r])) / alpha_[r]);
    }
    if (bound == INF) return -1;
    int best = -1;
    for (int r = 0; r < R; ++r) {
        if (is_free(basis_[r])) continue;
        const bool held = is_artificial(basis_[r]) && std::fabs(alpha_[r]) > least;
        if (!held && !(alpha_[r] > least && std::max(x_[r], 0.0) <= bound * alpha_[r])) continue;
        const bool better = best < 0 || (smallest ? basis_[r] < basis_[best] : std::fabs(alpha_[r]) > std::fabs(alpha_[best]));
        if (better) best = r;
    }
    return best;
}

// Is it plain that nothing ever stops the entering column, whose way alpha_ holds, and which work_ still holds?
bool Simplex::endless() const {
    const int R = s_.rows;
    for (int r = 0; r < R; ++r) {
        if (is_free(basis_[r])) continue;
        double size = 0.0;
        for (int i = 0; i < R; ++i) size += std::fabs(inverse_[r * R + i] * work_[i]);
        const double stops = is_artificial(basis_[r]) ? std::fabs(alpha_[r]) : alpha_[r];
        if (stops > ROUNDED * size) return false;
    }
    return true;
}

Outcome Simplex::primal() {
    const int limit = 400 + 60 * s_.rows;
    for (int step = 0, still = 0; step < limit; ++step) {
        refresh();
        price();
        const bool bland = still > DEGENERATE;
        const std::int64_t enters = entering_primal(bland);
        if (enters < 0) return Outcome::optimal;
        towards(enters);
        const bool back = is_free(enters) && backwards_[enters - s_.rows];
        if (back)
            for (double &a : alpha_) a = -a;
        const int row = blocking(bland);
        if (row < 0) {
            if (since_inverted_ == 0) return endless() ? Outcome::unbounded : Outcome::stalled;
            if (!invert()) return Outcome::stalled;
            continue;
        }
        still = x_[row] > noise_[row] ? 0 : still + 1;
        if (back)
            for (double &a : alpha_) a = -a;
        exchange(row, enters);
    }
    return Outcome::stalled;
}

Outcome Simplex::solve(bool dual_feasible) {
    reserve();
    for (int round = 0; round < 4; ++round) {
        if (!dual_feasible || round > 0) shift();
        const Outcome found = dual();
        if (found != Outcome::optimal) return found;
        unshift();
        const Outcome last = finish();
        if (last != Outcome::stalled || leaving() < 0) return last;
    }
    return Outcome::stalled;
}

Outcome Simplex::improve() {
    reserve();
    const Outcome found = finish();
    return found == Outcome::stalled ? solve(false) : found;
}

// From a feasible basis to an optimal one, the inverse fresh at its end; stalled where that brings to light that the
// values are not feasible after all.
Outcome Simplex::finish() {
    const Outcome found = primal();
    if (found != Outcome::optimal) return found;
    if (since_inverted_ > 0 && !invert()) return Outcome::stalled;
    refresh();
    price();
    return leaving() < 0 ? Outcome::optimal : Outcome::stalled;
}

}  // namespace hetao

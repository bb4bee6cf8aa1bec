// The door between Python and the compiled engine: shapes are checked here, nothing is computed.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <nanobind/stl/optional.h>

#include <algorithm>
#include <optional>

#include "fdh.hpp"
#include "programmes.hpp"
#include "technology.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace {

template <class T, std::size_t N>
using Given = nb::ndarray<const T, nb::ndim<N>, nb::c_contig, nb::device::cpu>;
template <class T, std::size_t N>
using Filled = nb::ndarray<T, nb::ndim<N>, nb::c_contig, nb::device::cpu>;

// Between blocks of work: let Python see a pressed Ctrl-C.
void pause() {
    const nb::gil_scoped_acquire held;
    if (PyErr_CheckSignals() != 0) throw nb::python_error();
}

// A technology and, once found or given, its frame.
class Engine {
  public:
    Engine(Given<double, 2> table, Given<std::int8_t, 1> sense, Given<std::int32_t, 1> powers)
        : technology_(checked(table, sense, powers).data(), table.shape(0), static_cast<int>(table.shape(1)),
                      sense.data(), powers.data()) {}

    void find(unsigned threads) {
        const nb::gil_scoped_release released;
        frame_ = hetao::find_frame(technology_, threads, pause);
    }

    void give(Given<std::int64_t, 1> members, double residual) {
        frame_.members.assign(members.data(), members.data() + members.shape(0));
        for (const std::int64_t k : frame_.members)
            if (k < 0 || k >= static_cast<std::int64_t>(technology_.columns.count)) throw nb::index_error("no such column");
        frame_.residual = residual;
    }

    std::size_t size() const { return frame_.members.size(); }
    double residual() const { return frame_.residual; }
    void members(Filled<std::int64_t, 1> out) const {
        if (out.shape(0) != frame_.members.size()) throw nb::value_error("members: wrong length");
        std::copy(frame_.members.begin(), frame_.members.end(), out.data());
    }

    void solve(Given<std::int8_t, 1> sense, Given<bool, 1> free, Given<double, 2> b, Given<double, 3> F,
               Given<double, 2> c, std::optional<Given<std::int64_t, 1>> banned, unsigned threads,
               Filled<std::int8_t, 1> outcome, Filled<double, 1> objective, Filled<double, 2> prices,
               Filled<double, 2> fixed, Filled<std::int64_t, 2> peers, Filled<double, 2> weights,
               Filled<double, 2> certificate) const {
        const std::size_t n = b.shape(0), R = sense.shape(0), K = free.shape(0);
        const bool fits = R >= static_cast<std::size_t>(technology_.columns.rows) && b.shape(1) == R && F.shape(0) == n &&
                          F.shape(1) == K && F.shape(2) == R && c.shape(0) == n && c.shape(1) == K && outcome.shape(0) == n &&
                          objective.shape(0) == n && prices.shape(0) == n && prices.shape(1) == R && fixed.shape(0) == n &&
                          fixed.shape(1) == K && peers.shape(0) == n && peers.shape(1) == R && weights.shape(0) == n &&
                          weights.shape(1) == R && certificate.shape(0) == n && certificate.shape(1) == 3 &&
                          (!banned || banned->shape(0) == n);
        if (!fits) throw nb::value_error("solve: the arrays' shapes do not match");
        hetao::Programmes p;
        p.shape.rows = static_cast<int>(R);
        p.shape.shared = technology_.columns.rows;
        p.shape.fixed = static_cast<int>(K);
        p.shape.sense.assign(sense.data(), sense.data() + R);
        p.shape.free.assign(free.data(), free.data() + K);
        p.count = n, p.b = b.data(), p.F = F.data(), p.c = c.data();
        p.banned = banned ? banned->data() : nullptr;
        const hetao::Answers answers{outcome.data(), objective.data(), prices.data(),      fixed.data(),
                                     peers.data(),   weights.data(),   certificate.data()};
        const nb::gil_scoped_release released;
        hetao::solve_programmes(technology_, frame_, p, answers, threads, pause);
    }

  private:
    static const Given<double, 2> &checked(const Given<double, 2> &table, const Given<std::int8_t, 1> &sense,
                                           const Given<std::int32_t, 1> &powers) {
        if (table.shape(1) != sense.shape(0) || table.shape(1) != powers.shape(0))
            throw nb::value_error("Engine: one sense and one power a row are needed");
        return table;
    }

    hetao::Technology technology_;
    hetao::Frame frame_;
};

// The tables of the free disposal hull; see fdh.hpp.
void fdh(Given<double, 2> reach, Given<double, 2> hold, Given<double, 2> own_reach, Given<double, 2> own_hold,
         std::optional<Given<std::int64_t, 1>> banned, unsigned threads, Filled<double, 1> score,
         Filled<std::int64_t, 1> peer) {
    const std::size_t n = own_reach.shape(0);
    const bool fits = hold.shape(0) == reach.shape(0) && own_hold.shape(0) == n && own_reach.shape(1) == reach.shape(1) &&
                      own_hold.shape(1) == hold.shape(1) && score.shape(0) == n && peer.shape(0) == n &&
                      (!banned || banned->shape(0) == n);
    if (!fits) throw nb::value_error("fdh: the tables' shapes do not match");
    const hetao::Tables reference{reach.data(), hold.data(), reach.shape(0), reach.shape(1), hold.shape(1)};
    const hetao::Tables own{own_reach.data(), own_hold.data(), n, reach.shape(1), hold.shape(1)};
    const nb::gil_scoped_release released;
    hetao::free_disposal(reference, own, banned ? banned->data() : nullptr, threads, pause, score.data(), peer.data());
}

}  // namespace

NB_MODULE(_kernel, m) {
    m.doc() = "The compiled engine of the frontier.";
    nb::class_<Engine>(m, "Engine")
        .def(nb::init<Given<double, 2>, Given<std::int8_t, 1>, Given<std::int32_t, 1>>(), "table"_a, "sense"_a, "powers"_a)
        .def("find", &Engine::find, "threads"_a)
        .def("give", &Engine::give, "members"_a, "residual"_a)
        .def("members", &Engine::members, "out"_a)
        .def_prop_ro("size", &Engine::size)
        .def_prop_ro("residual", &Engine::residual)
        .def("solve", &Engine::solve, "sense"_a, "free"_a, "b"_a, "F"_a, "c"_a, "banned"_a.none(), "threads"_a,
             "outcome"_a, "objective"_a, "prices"_a, "fixed"_a, "peers"_a, "weights"_a, "certificate"_a);
    m.def("fdh", &fdh, "reach"_a, "hold"_a, "own_reach"_a, "own_hold"_a, "banned"_a.none(),
          "threads"_a, "score"_a, "peer"_a);
}

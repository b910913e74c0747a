#include <doctest/doctest.h>

#include "engine/math/math_node.hpp"

using namespace retort::engine;
using kind = math_node::kind;

namespace {

math_node x() { return named_node(kind::symbol, "x"); }

}  // namespace

TEST_CASE("numbers fold, whatever stands between them") {
  CHECK(canonical(sum_of({number_node(1), x(), number_node(2)})) ==
        canonical(sum_of({x(), number_node(3)})));
  CHECK(canonical(product_of({x(), number_node(2)})) ==
        canonical(product_of({number_node(2), x()})));
  CHECK(quotient_of(number_node(6), number_node(4)).value == math_node::rational(3, 2));
  CHECK(root_of(number_node(math_node::rational(9, 4)), number_node(2)).value ==
        math_node::rational(3, 2));
}

TEST_CASE("powers that would be too large, and those that are not defined, are left") {
  CHECK(power_of(number_node(10), number_node(1'000'000)).what == kind::power);
  CHECK(power_of(number_node(0), number_node(-1)).what == kind::power);
  CHECK(power_of(number_node(0), number_node(0)).what == kind::power);
  CHECK(power_of(number_node(-1), number_node(9)).value == -1);
}

TEST_CASE("a product of matrices keeps its order") {
  const auto matrix = [](int cell) { return node_of(kind::matrix, "1", {number_node(cell)}); };
  CHECK(canonical(product_of({matrix(1), matrix(2)})) !=
        canonical(product_of({matrix(2), matrix(1)})));
}

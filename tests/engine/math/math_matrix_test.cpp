#include <doctest/doctest.h>

#include "engine/math/math_matrix.hpp"
#include "engine/math/math_parser.hpp"

using namespace retort::engine;

namespace {

std::string folded(std::string_view text) {
  return canonical(matrix_folded(parse_math(text).value()));
}

}  // namespace

TEST_CASE("sums and products of matrices that fit are worked out") {
  CHECK(folded("2\\begin{pmatrix}1&2\\end{pmatrix}") ==
        folded("\\begin{pmatrix}2&4\\end{pmatrix}"));
  CHECK(folded("\\begin{pmatrix}1&2\\end{pmatrix}\\begin{pmatrix}3\\\\4\\end{pmatrix}") ==
        folded("\\begin{pmatrix}11\\end{pmatrix}"));
  CHECK(folded("\\begin{pmatrix}1&2\\end{pmatrix}+\\begin{pmatrix}1&2\\end{pmatrix}") ==
        folded("\\begin{pmatrix}2&4\\end{pmatrix}"));
}

TEST_CASE("those that do not fit stay as they are") {
  const auto bad = parse_math("\\begin{pmatrix}1&2\\end{pmatrix}\\begin{pmatrix}1&2\\end{pmatrix}");
  CHECK(matrix_folded(bad.value()).what == math_node::kind::product);
}

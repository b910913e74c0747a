#include "engine/math/math_matrix.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace retort::engine {
namespace {

using node_kind = math_node::kind;

constexpr std::size_t most_cells = 64;

struct shape {
  std::size_t rows, columns;
};

shape shape_of(const math_node& matrix) {
  const std::size_t columns = std::stoul(matrix.name);
  return {matrix.parts.size() / columns, columns};
}

math_node two_of(const math_node& one, const math_node& other, bool adds) {
  std::vector<math_node> parts{one, other};
  return adds ? sum_of(std::move(parts)) : product_of(std::move(parts));
}

std::optional<math_node> matrix_sum(const math_node& a, const math_node& b) {
  if (a.name != b.name || a.parts.size() != b.parts.size()) return std::nullopt;
  math_node made = a;
  for (std::size_t i = 0; i < made.parts.size(); ++i)
    made.parts[i] = two_of(a.parts[i], b.parts[i], true);
  return made;
}

math_node scaled_matrix(const math_node& factor, math_node matrix) {
  for (math_node& cell : matrix.parts) cell = two_of(factor, cell, false);
  return matrix;
}

std::optional<math_node> matrix_product(const math_node& a, const math_node& b) {
  const auto [rows, inner] = shape_of(a);
  const auto [more, columns] = shape_of(b);
  if (inner != more || rows * columns * inner > most_cells * 8) return std::nullopt;
  math_node made = node_of(node_kind::matrix, b.name, {});
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      std::vector<math_node> terms;
      for (std::size_t i = 0; i < inner; ++i)
        terms.push_back(two_of(a.parts[row * inner + i], b.parts[i * columns + column], false));
      made.parts.push_back(sum_of(std::move(terms)));
    }
  }
  return made;
}

std::optional<math_node> times_matrix(const math_node& a, const math_node& b) {
  if (a.what != node_kind::matrix) return scaled_matrix(a, b);
  if (b.what != node_kind::matrix) return scaled_matrix(b, a);
  return matrix_product(a, b);
}

}  // namespace

math_node matrix_folded(const math_node& of) {
  const bool adds = of.what == node_kind::sum;
  if ((!adds && of.what != node_kind::product) || of.parts.size() > most_cells) return of;
  std::optional<math_node> made;
  for (const math_node& part : of.parts) {
    const math_node next = matrix_folded(part);
    const bool is_matrix = next.what == node_kind::matrix && next.parts.size() <= most_cells;
    if (adds && !is_matrix) return of;
    if (!made) {
      made = next;
    } else if (adds) {
      made = matrix_sum(*made, next);
    } else {
      const bool any = is_matrix || made->what == node_kind::matrix;
      made = any ? times_matrix(*made, next) : two_of(*made, next, false);
    }
    if (!made) return of;
  }
  return *made;
}

}  // namespace retort::engine

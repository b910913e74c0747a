#include "tools/text_table.hpp"

#include <algorithm>

#include "engine/text/text.hpp"
#include "io/base/console.hpp"
#include "io/base/one_line.hpp"

namespace retort::tools {

text_table::text_table(std::vector<std::string> head, std::size_t words) : words_(words) {
  add(std::move(head));
}

void text_table::add(std::vector<std::string> row) {
  for (auto& cell : row) cell = io::plain_line(cell);
  rows_.push_back(std::move(row));
}

std::string text_table::text() const {
  std::vector<std::size_t> widths(rows_.front().size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max<std::size_t>(widths[i], engine::count_code_points(row[i]));
    }
  }
  std::string out;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string gap(widths[i] - engine::count_code_points(row[i]), ' ');
      line += i == 0 ? "" : "  ";
      line += i < words_ ? row[i] + gap : gap + row[i];
    }
    line.erase(line.find_last_not_of(' ') + 1);
    io::append_line(out, line);
  }
  return out;
}

}  // namespace retort::tools

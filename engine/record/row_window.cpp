#include "engine/record/row_window.hpp"

#include <algorithm>
#include <cstring>

namespace retort::engine {
namespace {

bool is_less(char a, char b) {
  return static_cast<unsigned char>(a) < static_cast<unsigned char>(b);
}

}  // namespace

void row_window::add(const io::row& row, std::string_view beginning) {
  if (first_.empty()) first_ = beginning;
  const auto differ = std::ranges::mismatch(first_, beginning);
  const auto same = static_cast<std::size_t>(differ.in1 - first_.begin());
  rows_.push_back({row, same, keep(beginning.substr(same))});
  entry& one = rows_.back();
  one.row.text = keep(row.text);
  bytes_ += sizeof one + 2 * sizeof &one + one.rest.size() + row.text.size() + row.problem.size();
}

std::string_view row_window::keep(std::string_view text) {
  if (text.empty()) return {};
  char* const to = static_cast<char*>(texts_.allocate(text.size(), 1));
  std::memcpy(to, text.data(), text.size());
  return {to, text.size()};
}

// Of two that share less and more with the first one, the former differs from the latter just where
// it differs from the first.
bool row_window::comes_before(const entry& a, const entry& b) const {
  if (a.same < b.same) return a.rest.empty() || is_less(a.rest[0], first_[a.same]);
  if (a.same > b.same) return !b.rest.empty() && is_less(first_[b.same], b.rest[0]);
  const int way = a.rest.compare(b.rest);
  return way == 0 ? a.row.ordinal < b.row.ordinal : way < 0;
}

std::vector<const io::row*> row_window::in_order() const {
  std::vector<const entry*> sorted;
  sorted.reserve(rows_.size());
  for (const entry& one : rows_) sorted.push_back(&one);
  std::ranges::sort(sorted,
                    [this](const entry* a, const entry* b) { return comes_before(*a, *b); });
  std::vector<const io::row*> out;
  out.reserve(sorted.size());
  for (const entry* one : sorted) out.push_back(&one->row);
  return out;
}

}  // namespace retort::engine

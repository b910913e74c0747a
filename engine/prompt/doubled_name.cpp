#include "engine/prompt/doubled_name.hpp"

#include <array>
#include <cstddef>
#include <unordered_set>

namespace retort::engine {
namespace {

using simdjson::dom::element;

// Names are compared one by one as long as they are few: nearly all objects need no set.
class seen_names {
 public:
  // False where it was there.
  bool add(std::string_view name) {
    if (count_ == few_.size()) many_.insert(few_.begin(), few_.end());
    if (count_ >= few_.size()) {
      ++count_;
      return many_.insert(name).second;
    }
    for (std::size_t i = 0; i < count_; ++i) {
      if (few_[i] == name) return false;
    }
    few_[count_++] = name;
    return true;
  }

 private:
  std::array<std::string_view, 16> few_;
  std::size_t count_ = 0;
  std::unordered_set<std::string_view> many_;
};

}  // namespace

// Recursion ends where the parser lets a record be no deeper.
std::optional<std::string_view> doubled_name(element within) {
  std::optional<std::string_view> found;
  simdjson::dom::array list;
  simdjson::dom::object map;
  if (!within.get(list)) {
    for (const element one : list) {
      if (found = doubled_name(one); found) return found;
    }
  }
  if (within.get(map)) return found;
  seen_names seen;
  for (const auto& [name, value] : map) {
    if (!name.starts_with('\0') && !seen.add(name)) return name;
    if (found = doubled_name(value); found) return found;
  }
  return found;
}

}  // namespace retort::engine

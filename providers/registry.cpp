#include "providers/dialect.hpp"
#include "providers/openai_chat.hpp"

namespace retort::providers {
namespace {

const openai_chat openai;

struct entry {
  std::string_view name;
  const dialect* speaker;
};
const entry entries[] = {{"openai", &openai}};

}  // namespace

const dialect* find_dialect(std::string_view name) {
  for (const entry& each : entries) {
    if (each.name == name) return each.speaker;
  }
  return nullptr;
}

const std::vector<std::string_view>& known_dialects() {
  static const std::vector<std::string_view> names = [] {
    std::vector<std::string_view> all;
    for (const entry& each : entries) all.push_back(each.name);
    return all;
  }();
  return names;
}

}  // namespace retort::providers

#include "engine/forecast/section_watch.hpp"

#include <cstdint>
#include <set>

namespace retort::engine {

section_watch::section_watch(const step_prompts& of) {
  std::set<std::string_view> paths;
  for (std::uint32_t step = 0; step < of.count(); ++step) {
    const auto more = of.of(step).sections();
    paths.insert(more.begin(), more.end());
  }
  for (const std::string_view path : paths) missed_.push_back({path, ""});
}

void section_watch::see(simdjson::dom::element record) {
  const template_context whole{record, nullptr};
  std::erase_if(missed_, [&](const missed& one) { return !find(whole, one.path).error(); });
  for (missed& one : missed_) {
    if (one.why.empty()) one.why = explain(whole, one.path).message;
  }
}

std::vector<std::string> section_watch::never_there() const {
  std::vector<std::string> out;
  for (const missed& one : missed_) {
    if (!one.why.empty()) out.push_back(one.why);
  }
  return out;
}

}  // namespace retort::engine

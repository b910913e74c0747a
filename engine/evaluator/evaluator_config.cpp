#include "engine/evaluator/evaluator_config.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/evaluator/evaluator.hpp"
#include "engine/keys/yaml_section.hpp"
#include "engine/text/shown_text.hpp"

namespace retort::engine {
namespace {

// "exact, numeric and json_field".
std::string all_names(std::span<const evaluator_kind> kinds) {
  std::string names(kinds.front().name);
  for (const auto& kind : kinds.subspan(1)) {
    names += fmt::format("{}{}", &kind == &kinds.back() ? " and " : ", ", kind.name);
  }
  return names;
}

std::string_view kind_in(yaml_section& section, std::span<const evaluator_kind> known) {
  std::string_view only;
  std::size_t found = 0;
  for (const std::string_view name : section.names()) {
    if (!find_evaluator(known, name)) continue;
    only = name;
    ++found;
  }
  if (found == 1) return only;
  section.fail("must be exactly one of " + all_names(known));
  return "";
}

// The message names the key first.
void tell(const error& wrong, yaml_section& section) {
  const std::string_view message = wrong.message;
  const auto blank = std::min(message.find(' '), message.size());
  section.fail(message.substr(0, blank), message.substr(std::min(blank + 1, message.size())));
}

void check(const result<evaluator>& made, yaml_section& own, yaml_section& around,
           reference_from from) {
  if (!made) return tell(made.error(), own);
  if (!made->needs_reference || from == reference_from::config) return;
  if (made->extract && from == reference_from::majority) return;
  around.fail("evaluate", "needs a reference to compare with; set reference.template");
}

evaluator_config read_evaluator(yaml_section& section, yaml_section& around,
                                std::span<const evaluator_kind> known, reference_from from) {
  evaluator_config out{.kind = std::string(kind_in(section, known))};
  if (out.kind.empty()) return out;
  out.name = section.text("name").value_or("");
  out.threshold = section.real("threshold").value_or(out.threshold);
  out.decides = section.flag("decides");
  yaml_section own = section.section(out.kind);
  for (const config_key& row : own.rows()) {
    auto values = own.values(row);
    if (!values.empty()) out.keys.emplace(row.path.substr(row.path.rfind('.') + 1), values);
  }
  check(make_evaluator(out, known), own, around, from);
  return out;
}

void check_name(std::span<const evaluator_config> all, yaml_section& section) {
  const auto called = all.back().called();
  const auto first = std::ranges::find(all, called, &evaluator_config::called);
  if (&*first == &all.back()) return;
  section.fail(fmt::format("is called {} as evaluate.{} is; give it a name of its own",
                           shown(called), first - all.begin()));
}

// A value that the table names as the default; other defaults are words.
bool is_default(const config_key& row, const std::vector<std::string>& values) {
  const bool is_value = row.kind == value_kind::choice || row.kind == value_kind::flag ||
                        row.kind == value_kind::whole || row.kind == value_kind::real;
  return is_value && values.size() == 1 && values.front() == row.default_value;
}

}  // namespace

std::span<const std::string> evaluator_config::texts(std::string_view key) const {
  const auto found = keys.find(key);
  return found == keys.end() ? std::span<const std::string>() : found->second;
}

std::optional<std::string> evaluator_config::text(std::string_view key) const {
  const auto values = texts(key);
  return values.empty() ? std::nullopt : std::optional(values.front());
}

bool evaluator_config::is_set(std::string_view flag) const { return text(flag) == "true"; }

bool decides(std::span<const evaluator_config> all, std::size_t which) {
  if (all[which].decides) return *all[which].decides;
  return which == 0 &&
         std::ranges::find(all, std::optional(true), &evaluator_config::decides) == all.end();
}

bool any_decides(std::span<const evaluator_config> all) {
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (decides(all, i)) return true;
  }
  return false;
}

std::vector<evaluator_config> read_evaluators(yaml_section& section,
                                              std::span<const evaluator_kind> known,
                                              reference_from from) {
  std::vector<evaluator_config> all;
  for (yaml_section& one : section.sections("evaluate")) {
    all.push_back(read_evaluator(one, section, known, from));
    if (!all.back().kind.empty()) check_name(all, one);
  }
  return all;
}

std::map<std::string, std::string> shaping_of(const evaluator_config& of, const std::string& path,
                                              std::span<const evaluator_kind> known) {
  std::map<std::string, std::string> out{{path, of.kind}};
  const evaluator_kind* const kind = find_evaluator(known, of.kind);
  const std::vector<config_key> none;
  for (const config_key& row : kind ? kind->keys : none) {
    const std::string_view name = row.path.substr(row.path.rfind('.') + 1);
    const auto found = of.keys.find(name);
    if (found == of.keys.end() || is_default(row, found->second)) continue;
    const std::string key = fmt::format("{}.{}.{}", path, of.kind, name);
    const bool listed = row.kind == value_kind::texts || row.kind == value_kind::choices;
    for (std::size_t i = 0; i < found->second.size(); ++i) {
      out[listed ? fmt::format("{}.{}", key, i) : key] = found->second[i];
    }
  }
  if (!of.name.empty() && of.name != of.kind) out[path + ".name"] = of.name;
  if (of.threshold != 1) out[path + ".threshold"] = fmt::format("{}", of.threshold);
  if (of.decides) out[path + ".decides"] = fmt::format("{}", *of.decides);
  return out;
}

}  // namespace retort::engine

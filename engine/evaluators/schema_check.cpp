#include "engine/evaluators/schema_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <vector>

#include "engine/text/shown_text.hpp"

namespace retort::engine {
namespace {

namespace json = boost::json;
using words = std::vector<std::string_view>;

// Members that are schemas, lists of schemas or maps of them, for the same value and for parts of
// it.
const words in_place = {"allOf", "anyOf", "oneOf", "not", "if", "then", "else"};
const words maps_in_place = {"dependencies"};
const words of_parts = {"items", "additionalItems", "additionalProperties", "contains",
                        "propertyNames"};
const words maps_of_parts = {"properties", "$defs", "definitions"};

using visitor = std::function<void(json::value&)>;

void visit_members(json::object& schema, const words& names, bool are_maps, const visitor& visit) {
  for (const std::string_view name : names) {
    json::value* const found = schema.if_contains(name);
    if (!found) continue;
    if (json::array* const list = found->if_array()) {
      for (json::value& one : *list) visit(one);
    } else if (json::object* const map = found->if_object(); map && are_maps) {
      for (auto& member : *map) visit(member.value());
    } else {
      visit(*found);
    }
  }
}

void visit_all(json::value& schema, const visitor& visit) {
  json::object* const object = schema.if_object();
  if (!object) return;
  visit(schema);
  const visitor deeper = [&](json::value& inner) { visit_all(inner, visit); };
  visit_members(*object, in_place, false, deeper);
  visit_members(*object, maps_in_place, true, deeper);
  visit_members(*object, of_parts, false, deeper);
  visit_members(*object, maps_of_parts, true, deeper);
}

std::string_view reference_in(const json::object& schema) {
  const json::value* const found = schema.if_contains("$ref");
  const json::string* const text = found ? found->if_string() : nullptr;
  return text ? std::string_view(text->data(), text->size()) : std::string_view();
}

json::value* target_of(json::value& root, std::string_view reference) {
  boost::system::error_code failed;
  return root.find_pointer({reference.data() + 1, reference.size() - 1}, failed);
}

// A $ref beside these alone is the whole schema.
bool is_constraint(std::string_view name) {
  static const words others = {"$ref",     "$defs",    "definitions", "$schema",   "$id",
                               "$comment", "title",    "description", "default",   "examples",
                               "format",   "readOnly", "writeOnly",   "deprecated"};
  return std::ranges::find(others, name) == others.end();
}

json::value taken(json::object& from, std::string_view name) {
  json::value out = std::move(from.at(name));
  from.erase(name);
  return out;
}

// To these drafts what stands beside a $ref is nothing.
bool is_older_draft(const json::value& schema) {
  const json::object* const object = schema.if_object();
  const json::value* const found = object ? object->if_contains("$schema") : nullptr;
  const json::string* const name = found ? found->if_string() : nullptr;
  if (!name) return false;
  const std::string_view text(name->data(), name->size());
  return std::ranges::any_of(words{"draft-04", "draft-06", "draft-07"}, [&](std::string_view one) {
    return text.find(one) != std::string_view::npos;
  });
}

// In the words of draft 7 what newer drafts have others for.
void spell_as_draft_7(json::object& schema, bool is_older) {
  if (schema.contains("prefixItems")) {
    if (schema.contains("items")) schema["additionalItems"] = taken(schema, "items");
    schema["items"] = taken(schema, "prefixItems");
  }
  json::array all;
  const auto move_as = [&](std::string_view name, std::string_view older) {
    json::object one;
    one[older] = taken(schema, name);
    all.push_back(std::move(one));
  };
  for (const char* name : {"dependentRequired", "dependentSchemas"}) {
    if (schema.contains(name)) move_as(name, "dependencies");
  }
  const bool has_more = !is_older && std::ranges::any_of(schema, [](const auto& member) {
    return is_constraint(member.key());
  });
  if (schema.contains("$ref") && has_more) move_as("$ref", "$ref");
  if (all.empty()) return;
  json::value& list = schema["allOf"];
  if (!list.is_array()) list = json::array();
  for (json::value& one : all) list.as_array().push_back(std::move(one));
}

// Looks for a way from a schema back to itself that takes nothing off the value.
class loop_finder {
 public:
  explicit loop_finder(json::value& root) : root_(root) {}

  bool loops(json::value& schema) {
    json::object* const object = schema.if_object();
    if (!object || std::ranges::find(done_, object) != done_.end()) return false;
    if (std::ranges::find(open_, object) != open_.end()) return true;
    open_.push_back(object);
    bool found = false;
    const visitor deeper = [&](json::value& inner) { found = found || loops(inner); };
    visit_members(*object, in_place, false, deeper);
    visit_members(*object, maps_in_place, true, deeper);
    if (const auto reference = reference_in(*object); !found && !reference.empty()) {
      if (json::value* const target = target_of(root_, reference)) found = loops(*target);
    }
    open_.pop_back();
    done_.push_back(object);
    return found;
  }

 private:
  json::value& root_;
  std::vector<const json::object*> open_, done_;
};

std::string problem_in(json::object& schema, json::value& root) {
  for (const char* pattern : {"pattern", "patternProperties"}) {
    if (schema.contains(pattern)) {
      return fmt::format("has a {}, which is not looked at; add a regex evaluator for it", pattern);
    }
  }
  for (const char* word : {"unevaluatedProperties", "unevaluatedItems", "minContains",
                           "maxContains", "$dynamicRef", "$recursiveRef"}) {
    if (schema.contains(word)) return fmt::format("has {}, which is not looked at", word);
  }
  const json::value* const factor = schema.if_contains("multipleOf");
  if (const double* const given = factor ? factor->if_double() : nullptr;
      given && std::trunc(*given) != *given) {
    return fmt::format("has a multipleOf of {}; only whole numbers are looked at", *given);
  }
  const auto reference = reference_in(schema);
  if (reference.empty()) return "";
  if (!reference.starts_with('#')) {
    return fmt::format("refers to {}; expected a place in it, as in #/$defs/name",
                       shown(reference));
  }
  if (target_of(root, reference)) return "";
  return fmt::format("refers to {}, which it does not have", shown(reference));
}

}  // namespace

std::string problem_with_schema(const json::value& schema) {
  json::value copy = schema;
  std::string problem;
  loop_finder finder(copy);
  visit_all(copy, [&](json::value& inner) {
    if (problem.empty()) problem = problem_in(inner.as_object(), copy);
    if (problem.empty() && finder.loops(inner)) problem = "refers to itself, for the same value";
  });
  return problem;
}

void spell_as_draft_7(json::value& schema) {
  const bool is_older = is_older_draft(schema);
  visit_all(schema, [=](json::value& inner) { spell_as_draft_7(inner.as_object(), is_older); });
}

void drop_annotations(json::value& schema) {
  visit_all(schema, [](json::value& inner) { inner.as_object().erase("format"); });
}

bool compares_items(const json::value& schema) {
  json::value copy = schema;
  bool found = false;
  visit_all(copy, [&](json::value& inner) { found |= inner.as_object().contains("uniqueItems"); });
  return found;
}

}  // namespace retort::engine

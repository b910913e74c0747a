#include "engine/config/config_steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <deque>
#include <optional>
#include <string>

#include "engine/text/shown_text.hpp"

namespace retort::engine {
namespace {

constexpr std::array<std::string_view, 8> names_in_step = {
    "prompt", "models", "sampling", "vary", "samples", "escalate", "evaluate", "filter"};

bool is_in_step(std::string_view path) {
  return std::ranges::find(names_in_step, first_name(path)) != names_in_step.end();
}

// A row's path must outlive the table.
std::string_view lasting(std::string path) {
  static std::deque<std::string> all;
  return all.emplace_back(std::move(path));
}

// What is handed on decides what is asked next.
shapes shapes_in_step(const config_key& row) {
  const bool hands_on =
      row.path == "samples.n" || row.path == "samples.until_accepted" || row.path == "escalate";
  return row.shapes == shapes::speed && !hands_on ? shapes::speed : shapes::answers;
}

config_key row_in_step(config_key row) {
  row.shapes = shapes_in_step(row);
  row.path = lasting(fmt::format("steps[].{}", row.path));
  row.is_listed = false;
  return row;
}

bool is_step_name(std::string_view name) {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  return !name.empty() && name.find_first_not_of(allowed) == std::string_view::npos;
}

bool has_value(const yaml_node* node) {
  return node != nullptr && node->type != yaml_node::kind::null;
}

void check_name(yaml_section step, const config& read, std::uint32_t number) {
  const std::string& name = step_of(read, number).step;
  if (!is_step_name(name)) {
    return step.fail("name",
                     fmt::format("is {}; expected letters, digits, \"_\" and \"-\"", shown(name)));
  }
  for (std::uint32_t before = 0; before < number; ++before) {
    if (step_of(read, before).step != name) continue;
    return step.fail("name", fmt::format("is {}, as that of steps.{} is", shown(name), before));
  }
}

// The answers of a batch come hours later, and each step waits for those of the one before.
void check_online(yaml_section step, const config& asked) {
  if (!std::ranges::any_of(asked.models, &model_config::batch)) return;
  step.fail("asks a model with mode: batch, which does not go with steps; expected mode: online");
}

void check_handing_on(yaml_section step, const config& asked) {
  if (asked.samples.keep == keep::majority) {
    step.fail("has keep: majority, which goes with the last step; expected all or best");
  }
  if (asked.samples.keep == keep::all) return;
  if (!asked.filter.unique && !asked.filter.per_record) return;
  step.fail(
      "has keep: best and filter.unique or filter.per_record (the run's, where it has no "
      "filter), which would leave it no choice; expected one of them before the last step");
}

std::uint64_t slots_of(const config& asked) {
  return std::uint64_t{asked.samples.n} * asked.models.size() * combinations_of(asked);
}

std::uint64_t most_answers(const config& read) {
  std::uint64_t sum = 0, branches = 1;
  for (std::uint32_t step = 0; step <= last_step(read) && sum <= most_slots; ++step) {
    branches *= slots_of(step_of(read, step));
    sum += branches;
  }
  return sum;
}

}  // namespace

std::vector<config_key> step_rows(const std::vector<config_key>& of_run) {
  using namespace rows;
  std::vector<config_key> out{
      key(shapes::answers, "steps[].name", value_kind::text, required,
          "each record passes the steps in their order; a step's kept answers go on to the next, "
          "each for itself"),
      key(shapes::answers, "steps[].prompt.user", value_kind::text, "the run's prompt",
          "also system, messages...; {{steps.NAME.text}}, .json.a.b and .reasoning are an earlier "
          "answer's. samples, models, sampling, vary, escalate, evaluate and filter are the run's "
          "as well where the step has none"),
  };
  for (const config_key& row : of_run) {
    if (is_in_step(row.path) && row.path != "prompt.user") out.push_back(row_in_step(row));
  }
  return out;
}

std::vector<yaml_node*> asking_nodes(yaml_node& root) {
  yaml_node* const steps = root.child("steps");
  if (!has_value(steps)) return {&root};
  std::vector<yaml_node*> out;
  for (yaml_node& step : steps->children) {
    out.push_back(&step);
    if (step.type != yaml_node::kind::map || !has_value(step.child("vary"))) continue;
    for (const std::string_view name : {"prompt", "sampling"}) {
      const yaml_node* const of_run = root.child(name);
      if (has_value(step.child(name)) || !has_value(of_run)) continue;
      std::erase_if(step.children, [&](const yaml_node& one) { return one.key == name; });
      step.children.push_back(*of_run);
    }
  }
  return out;
}

yaml_node asking_part(const yaml_node& of) {
  yaml_node out{.type = yaml_node::kind::map, .where = of.where};
  for (const yaml_node& one : of.children) {
    if (one.key == "prompt" || one.key == "sampling") out.children.push_back(one);
  }
  return out;
}

void check_steps(yaml_section& root, const config& read) {
  std::vector<yaml_section> all = root.sections("steps");
  if (root.has("vary")) {
    root.fail("vary", "does not go with steps: give it to the step that varies");
  }
  for (std::uint32_t i = 0; i < all.size() && i <= last_step(read); ++i) {
    check_name(all[i], read, i);
    check_online(all[i], step_of(read, i));
    if (i < last_step(read)) check_handing_on(all[i], step_of(read, i));
  }
  if (most_answers(read) <= most_slots) return;
  root.fail("steps", fmt::format("come to more than {} answers to one record, with all their "
                                 "samples, models and variants; expected fewer of them",
                                 most_slots));
}

void number_models(config& read) {
  std::size_t count = 0;
  std::optional<std::size_t> models_of_run, judges_of_run;
  const auto place = [&count](bool own, std::optional<std::size_t>& of_run, std::size_t size) {
    if (!own && of_run) return *of_run;
    if (!own) of_run = count;
    return std::exchange(count, count + size);
  };
  const auto number = [&](config& one) {
    one.models_at = place(one.has_own_models, models_of_run, one.models.size());
    one.judges_at = place(one.has_own_evaluate, judges_of_run, one.judges.size());
  };
  number(read);
  for (config& one : read.earlier) number(one);
}

}  // namespace retort::engine

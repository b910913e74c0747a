// What of a config shapes what, key by key, for the manifest. The table of keys says to which class
// each belongs.
#include "engine/config/config_shaping.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>

#include "engine/config/config_few_shot.hpp"
#include "engine/config/config_keys.hpp"
#include "engine/evaluators/registry.hpp"
#include "providers/body/finish.hpp"

namespace retort::engine {
namespace {

using shaping = std::map<std::string, std::string>;

template <class T>
void add(shaping& out, const std::string& path, const std::optional<T>& value) {
  if (value) out[path] = fmt::format("{}", *value);
}

void add_text(shaping& out, const std::string& path, const std::string& value) {
  if (!value.empty()) out[path] = value;
}

void add_prompt(shaping& out, const prompt_config& prompt) {
  add(out, "prompt.system", prompt.system);
  add(out, "prompt.user", prompt.user);
  add(out, "prompt.messages_field", prompt.messages_field);
  for (std::size_t i = 0; i < prompt.messages.size(); ++i) {
    const std::string path = fmt::format("prompt.messages.{}", i);
    out[path + ".role"] = prompt.messages[i].role;
    out[path + ".content"] = prompt.messages[i].content;
  }
}

void add_model(shaping& out, const std::string& path, const model_config& model) {
  out[path + ".provider"] = model.provider;
  out[path + ".model"] = model.model;
  for (const auto& [name, value] : model.headers) out[path + ".headers." + name] = value;
  for (const auto& [name, value] : model.mock) out[path + ".mock." + name] = value;
}

void add_sampling(shaping& out, const std::string& path, const providers::sampling& sampling) {
  add(out, path + ".temperature", sampling.temperature);
  add(out, path + ".top_p", sampling.top_p);
  add(out, path + ".max_tokens", sampling.max_tokens);
  add(out, path + ".top_k", sampling.top_k);
  add(out, path + ".min_p", sampling.min_p);
  for (std::size_t i = 0; i < sampling.stop.size(); ++i) {
    out[fmt::format("{}.stop.{}", path, i)] = sampling.stop[i];
  }
  add(out, path + ".seed", sampling.seed);
  add(out, path + ".frequency_penalty", sampling.frequency_penalty);
  add(out, path + ".presence_penalty", sampling.presence_penalty);
  add(out, path + ".logprobs", sampling.logprobs);
  add_text(out, path + ".reasoning.effort", sampling.reasoning_effort);
  add(out, path + ".reasoning.budget_tokens", sampling.reasoning_budget);
  add_text(out, path + ".response_schema", sampling.response_schema);
  add_text(out, path + ".tools", sampling.tools);
  add_text(out, path + ".extra", sampling.extra);
}

void add_few_shot(shaping& out, const few_shot_config& what) {
  for (std::size_t i = 0; i < what.paths.size(); ++i) {
    out[fmt::format("few_shot.path.{}", i)] = what.paths[i];
  }
  out["few_shot.k"] = fmt::format("{}", what.k);
  out["few_shot.seed"] = fmt::format("{}", what.seed);
  out["few_shot.path"] = fmt::format("content {:016x}", what.content);
}

void add_decontaminate(shaping& out, const decontaminate_config& what) {
  for (std::size_t i = 0; i < what.against.size(); ++i) {
    out[fmt::format("filter.decontaminate.against.{}", i)] = what.against[i];
  }
  for (std::size_t i = 0; i < what.fields.size(); ++i) {
    out[fmt::format("filter.decontaminate.fields.{}", i)] = what.fields[i];
  }
  out["filter.decontaminate.n"] = fmt::format("{}", what.n);
}

void add_unique(shaping& out, const unique_config& what) {
  constexpr std::string_view by[] = {"completion", "prompt", "reference"};
  out["filter.unique.by"] = by[static_cast<std::size_t>(what.by)];
  add(out, "filter.unique.near", what.near);
}

void add_filter(shaping& out, const config& c) {
  const bool only_correct = c.filter.only_correct.value_or(any_decides(c.evaluate));
  out["filter.only_correct"] = fmt::format("{}", only_correct);
  std::string& finish = out["filter.finish"];
  for (const auto one : c.filter.finish) {
    finish += finish.empty() ? "" : ", ";
    finish += one == providers::finish::unknown ? "unknown" : providers::name(one);
  }
  add(out, "filter.min_length", c.filter.min_length);
  add(out, "filter.max_length", c.filter.max_length);
  add(out, "filter.where", c.filter.where);
  if (c.filter.decontaminate) add_decontaminate(out, *c.filter.decontaminate);
  if (c.filter.unique) add_unique(out, *c.filter.unique);
  add(out, "filter.per_record", c.filter.per_record);
  if (c.samples.keep == keep::all) return;
  for (const char* one : {"filter.unique.by", "filter.per_record"}) {
    if (const auto found = out.find(one); found != out.end()) found->second += ", of those kept";
  }
}

void add_output(shaping& out, const std::string& path, const output_config& output) {
  out[path + ".format"] = output.format;
  out[path + ".rejected"] = fmt::format("{}", output.rejected);
  add_text(out, path + ".path", output.path);
  if (output.part == part::holdout) out[path + ".part"] = "holdout";
  add_text(out, path + ".jq", output.jq);
  add(out, path + ".metadata", output.metadata);
  for (std::size_t i = 0; i < output.columns.size(); ++i) {
    out[fmt::format("{}.columns.{}", path, i)] = output.columns[i];
  }
  constexpr std::string_view places[] = {"", "drop", "keep", "think_tags", "field"};
  add_text(out, path + ".reasoning", std::string(places[static_cast<int>(output.reasoning)]));
  if (output.reasoning_field != output_config().reasoning_field) {
    out[path + ".reasoning_field"] = output.reasoning_field;
  }
  if (output.has_argument_objects) out[path + ".tool_arguments"] = "object";
  if (output.in_dataset_order) out[path + ".order"] = "dataset";
  add_text(out, path + ".step", output.step);
  if (output.shard_mb) out[path + ".shard_mb"] = fmt::format("{}", output.shard_mb);
  add(out, path + ".margin", output.margin);
  if (output.pairs != output_config().pairs) {
    out[path + ".pairs"] = fmt::format("{}", output.pairs);
  }
}

// A list of one is the same as that one.
void add_outputs(shaping& out, const std::vector<output_config>& outputs) {
  if (outputs.size() == 1) return add_output(out, "output", outputs[0]);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    add_output(out, fmt::format("outputs.{}", i), outputs[i]);
  }
}

// In place of the first combination's values, which stand in the config as well.
void add_vary(shaping& out, const std::vector<varied_key>& keys) {
  for (const varied_key& key : keys) {
    std::erase_if(out, [&](const auto& entry) {
      return entry.first == key.path || entry.first.starts_with(key.path + ".");
    });
    for (std::size_t i = 0; i < key.values.size(); ++i) {
      out[fmt::format("vary.{}.{}", key.path, i)] = key.values[i];
    }
  }
}

void add_asking(shaping& out, const config& c) {
  add_prompt(out, c.prompt);
  for (std::size_t i = 0; i < c.models.size(); ++i) {
    add_model(out, fmt::format("models.{}", i), c.models[i]);
  }
  add_sampling(out, "sampling", c.sampling);
  add_vary(out, c.vary);
  for (std::size_t i = 0; i < c.evaluate.size(); ++i) {
    out.merge(shaping_of(c.evaluate[i], fmt::format("evaluate.{}", i), evaluator_kinds()));
  }
  for (const judge_config& one : c.judges) {
    const std::string path = fmt::format("evaluate.{}.judge", one.evaluator);
    add_model(out, path + ".model", one.model);
    add_sampling(out, path + ".sampling", one.sampling);
  }
  add_filter(out, c);
  if (c.samples.keep == keep::best) out["samples.keep"] = "best";
  if (c.samples.keep == keep::majority) out["samples.keep"] = "majority";
}

// Of a step before the last also how much it hands on.
void add_earlier(shaping& out, const config& asked, const std::string& path) {
  shaping own;
  add_asking(own, asked);
  own["samples.n"] = fmt::format("{}", asked.samples.n);
  if (const auto until = asked.samples.until_accepted) {
    own["samples.until_accepted"] = fmt::format("{}", until);
  }
  if (asked.escalate) own["escalate"] = "true";
  for (auto& [key, value] : own) out[path + key] = std::move(value);
}

}  // namespace

shaping all_shaping(const config& c) {
  shaping out;
  add_asking(out, c);
  if (c.few_shot) add_few_shot(out, *c.few_shot);
  if (c.dataset.is_batch_input) out["dataset.format"] = "openai_batch";
  add(out, "dataset.id", c.dataset.id);
  if (c.reference) {
    out["reference.template"] = c.reference->text;
    add(out, "reference.pattern", c.reference->pattern);
  }
  add_outputs(out, c.outputs);
  add(out, "holdout", c.holdout);
  for (std::uint32_t i = 0; i <= last_step(c); ++i) {
    const std::string path = fmt::format("steps.{}.", i);
    add_text(out, path + "name", step_of(c, i).step);
    if (i < last_step(c)) add_earlier(out, c.earlier[i], path);
  }
  return out;
}

namespace {

shaping shaping_of(const config& c, std::initializer_list<shapes> classes) {
  shaping all = all_shaping(c);
  std::erase_if(all, [&](const auto& entry) {
    const auto what = shapes_of(entry.first);
    return !what || std::ranges::find(classes, *what) == classes.end();
  });
  return all;
}

bool sees_reference(const evaluator_config& one) {
  const auto made = make_evaluator(one, evaluator_kinds());
  return made && (made->needs_reference || made->sees_reference);
}

// A command and a judge may be told the id, and a table of scores is asked by it.
bool sees_id(const evaluator_config& one) {
  const evaluator_kind* const known = find_evaluator(evaluator_kinds(), one.kind);
  return known && (known->is_costly || one.kind == "scores");
}

bool judges_by_reference(const config& step) {
  const bool compares = step.filter.unique && step.filter.unique->by == unique_by::reference;
  return compares || step.filter.where || std::ranges::any_of(step.evaluate, sees_reference);
}

bool judges_by_id(const config& step) {
  return step.filter.where || std::ranges::any_of(step.evaluate, sees_id);
}

// What cannot be read is told by who makes the evaluator, or the filter.
void add_content(shaping& out, const std::string& path, const std::vector<std::string>& files) {
  const auto content = hash_of_rows(files);
  if (content) out[path + std::string(content_of_file)] = fmt::format("{:016x}", *content);
}

void add_contents(shaping& out, const config& step, const std::string& path) {
  for (std::size_t i = 0; i < step.evaluate.size(); ++i) {
    if (step.evaluate[i].kind != "scores") continue;
    const auto file = step.evaluate[i].texts("path");
    add_content(out, fmt::format("{}evaluate.{}.scores.path", path, i), {file.begin(), file.end()});
  }
  if (!step.filter.decontaminate) return;
  add_content(out, path + "filter.decontaminate.against", step.filter.decontaminate->against);
}

}  // namespace

bool is_judged_by_before(const config& run, std::string_view path) {
  if (path.starts_with("reference.")) return std::ranges::any_of(run.earlier, judges_by_reference);
  return path == "dataset.id" && std::ranges::any_of(run.earlier, judges_by_id);
}

std::map<std::string, std::string> answer_shaping(const config& c) {
  shaping out = shaping_of(c, {shapes::answers});
  if (c.earlier.empty()) return out;
  for (auto& [path, value] : view_shaping(c)) {
    if (is_judged_by_before(c, path)) out[path] = value;
  }
  for (std::uint32_t i = 0; i < last_step(c); ++i) {
    add_contents(out, c.earlier[i], fmt::format("steps.{}.", i));
  }
  return out;
}

std::map<std::string, std::string> verdict_shaping(const config& c) {
  return shaping_of(c, {shapes::verdicts});
}

std::map<std::string, std::string> view_shaping(const config& c) {
  return shaping_of(c, {shapes::verdicts, shapes::views});
}

}  // namespace retort::engine

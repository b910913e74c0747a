#include "engine/config/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "engine/config/config_extends.hpp"
#include "engine/config/config_few_shot.hpp"
#include "engine/config/config_filter.hpp"
#include "engine/config/config_generate.hpp"
#include "engine/config/config_keys.hpp"
#include "engine/config/config_models.hpp"
#include "engine/config/config_output.hpp"
#include "engine/config/config_override.hpp"
#include "engine/config/config_steps.hpp"
#include "engine/config/config_vary.hpp"
#include "engine/evaluators/registry.hpp"
#include "engine/keys/yaml_section.hpp"
#include "engine/keys/yaml_text.hpp"
#include "engine/keys/yaml_tree.hpp"
#include "engine/text/pattern.hpp"
#include "engine/text/shown_text.hpp"
#include "providers/body/finish.hpp"

namespace retort::engine {
namespace {

bool is_run_name(std::string_view name) {
  constexpr std::string_view allowed =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
  return !name.empty() && name.front() != '.' && name.front() != '-' &&
         name.find_first_not_of(allowed) == std::string_view::npos;
}

std::string read_run(yaml_section& root, const std::string& file) {
  const std::string stem = std::filesystem::path(file).stem().string();
  const auto given = root.text("run");
  const std::string name = given.value_or(stem);
  if (is_run_name(name)) return name;
  root.fail("run",
            fmt::format("is {}{}; expected letters, digits, \".\", \"_\" and \"-\", beginning with "
                        "neither \".\" nor \"-\"",
                        shown(name), given ? "" : " by the file's name"));
  return name;
}

std::optional<io::row_format> read_format(const std::optional<std::string>& name) {
  if (name == "jsonl" || name == "openai_batch") return io::row_format::jsonl;
  if (name == "json") return io::row_format::json;
  if (name == "csv") return io::row_format::csv;
  if (name == "tsv") return io::row_format::tsv;
  if (name == "parquet") return io::row_format::parquet;
  return std::nullopt;
}

dataset_config read_dataset(yaml_section section) {
  dataset_config out;
  out.generate = read_generate(section);
  out.paths = section.texts("path");
  if (!out.generate && !section.has("path")) {
    section.fail("path", "is required: expected text or a list of texts; or set dataset.generate");
  }
  const auto format = section.text("format");
  out.format = read_format(format);
  out.is_batch_input = format == "openai_batch";
  out.id = section.text("id");
  out.limit = section.whole("limit");
  out.in_prefix_order = section.text("order") == "prefix";
  if (section.text("on_error") == "skip") out.on_error = on_error::skip;
  return out;
}

// The three ways to say what is asked.
void check_one_prompt(yaml_section& section) {
  constexpr std::array ways = {"user", "messages", "messages_field"};
  std::string_view first;
  for (std::string_view way : ways) {
    if (!section.has(way)) continue;
    if (!first.empty()) section.fail(way, fmt::format("cannot stand beside prompt.{}", first));
    first = way;
  }
  if (first.empty()) section.fail("needs one of user, messages and messages_field");
}

prompt_config read_prompt(yaml_section section) {
  prompt_config out;
  out.system = section.text("system");
  out.user = section.text("user");
  out.messages_field = section.text("messages_field");
  for (yaml_section& message : section.sections("messages")) {
    out.messages.push_back(
        {message.text("role").value_or(""), message.text("content").value_or("")});
  }
  if (section.has("messages") && out.messages.empty()) {
    section.fail("messages", "is empty; expected at least one message");
  }
  check_one_prompt(section);
  return out;
}

std::optional<std::string> read_pattern(yaml_section& section) {
  const auto text = section.text("pattern");
  if (!text) return text;
  const std::string problem = pattern::problem_with(*text);
  if (!problem.empty()) {
    section.fail("pattern", "is not a regular expression; RE2 says " + shown(problem));
  }
  return text;
}

reference_config read_reference(yaml_section section) {
  return {section.text("template").value_or(""), read_pattern(section)};
}

providers::sampling read_sampling(yaml_section section) {
  providers::sampling out;
  out.temperature = section.real("temperature");
  out.top_p = section.real("top_p");
  out.max_tokens = section.whole("max_tokens");
  out.top_k = section.whole("top_k");
  out.min_p = section.real("min_p");
  out.stop = section.texts("stop");
  out.seed = section.whole("seed");
  out.frequency_penalty = section.real("frequency_penalty");
  out.presence_penalty = section.real("presence_penalty");
  out.logprobs = section.whole("logprobs");
  yaml_section reasoning = section.section("reasoning");
  out.reasoning_effort = reasoning.text("effort").value_or("");
  out.reasoning_budget = reasoning.whole("budget_tokens");
  out.response_schema = section.json("response_schema").value_or("");
  out.tools = section.json("tools").value_or("");
  out.extra = section.json("extra").value_or("");
  return out;
}

std::uint32_t read_count(yaml_section& section, std::string_view name, std::uint32_t otherwise) {
  return static_cast<std::uint32_t>(section.whole(name).value_or(otherwise));
}

samples_config read_samples(yaml_section section) {
  samples_config out;
  out.n = read_count(section, "n", out.n);
  out.until_accepted = read_count(section, "until_accepted", out.until_accepted);
  out.parallel = read_count(section, "parallel", out.parallel);
  const auto keeps = section.text("keep");
  if (keeps == "best") out.keep = keep::best;
  if (keeps == "majority") out.keep = keep::majority;
  return out;
}

bool any_extracts(const config& read) {
  return std::ranges::any_of(read.evaluate, [](const evaluator_config& one) {
    const auto made = make_evaluator(one, evaluator_kinds());
    return made && made->extract;
  });
}

void check_keep(yaml_section& root, const config& read) {
  if (read.samples.keep == keep::best && !any_decides(read.evaluate)) {
    root.fail("samples", "has keep: best, which needs an evaluator that decides; set evaluate");
  }
  if (read.samples.keep == keep::majority && !any_extracts(read)) {
    root.fail("samples",
              "has keep: majority, which needs an evaluator that finds an answer; expected "
              "choice, exact, json_field, math or numeric under evaluate");
  }
}

// A batch's answers come hours later, all at once: nothing can be asked by what they are.
void check_batch_plan(yaml_section& root, const config& read) {
  const bool by_batch = std::ranges::any_of(read.models, &model_config::batch);
  if (!by_batch) return;
  if (read.samples.until_accepted > 0) {
    root.fail("samples",
              "has until_accepted, which does not go with mode: batch; expected n alone");
  }
  if (read.escalate) root.fail("escalate", "does not go with mode: batch; expected false");
  if (read.shortens) root.fail("on_overflow", "does not go with mode: batch; expected fail");
}

std::vector<judge_config> read_judges(yaml_section& section, const config& read) {
  std::vector<judge_config> out;
  std::vector<yaml_section> all = section.sections("evaluate");
  for (std::size_t i = 0; i < read.evaluate.size(); ++i) {
    if (read.evaluate[i].kind != "judge") continue;
    yaml_section own = all[i].section("judge");
    out.push_back(
        {i, read_judge_model(own.section("model")), read_sampling(own.section("sampling"))});
  }
  return out;
}

// What comes back hours later, all at once, is evaluated where it is read.
void check_batch_evaluators(yaml_section& root, const config& read) {
  if (!std::ranges::any_of(read.models, &model_config::batch)) return;
  for (const evaluator_config& one : read.evaluate) {
    const evaluator_kind* const kind = find_evaluator(evaluator_kinds(), one.kind);
    if (!kind || !kind->is_costly) continue;
    root.fail("evaluate", fmt::format("has {}, which does not go with mode: batch", one.kind));
  }
}

// "- exact" is short for "- exact: {}".
void expand_bare_words(yaml_node& within) {
  yaml_node* evaluate = within.child("evaluate");
  if (!evaluate || evaluate->type != yaml_node::kind::list) return;
  for (yaml_node& element : evaluate->children) {
    if (element.type != yaml_node::kind::text) continue;
    yaml_node name{.where = element.where, .key = element.text, .key_where = element.where};
    element = {.type = yaml_node::kind::map, .children = {std::move(name)}, .where = element.where};
  }
}

yaml_node& map_below(yaml_node& root, std::string_view name) {
  if (yaml_node* const there = root.child(name)) return *there;
  root.children.push_back({.type = yaml_node::kind::map, .where = root.where});
  root.children.back().key = name;
  root.children.back().key_where = root.where;
  return root.children.back();
}

void set_if_missing(yaml_node& in, std::string_view name, std::string_view text) {
  if (in.type != yaml_node::kind::map || in.child(name)) return;
  in.children.push_back({.type = yaml_node::kind::text, .text = std::string(text), .quoted = true});
  in.children.back().key = name;
  in.children.back().where = in.children.back().key_where = in.where;
}

// Lines of OpenAI's batch input say themselves what their id and their conversation are.
void expand_batch_input(yaml_node& root) {
  yaml_node* const dataset = root.child("dataset");
  const yaml_node* const format = dataset ? dataset->child("format") : nullptr;
  if (!format || format->text != "openai_batch") return;
  set_if_missing(*dataset, "id", "custom_id");
  if (root.child("steps")) return;
  yaml_node& prompt = map_below(root, "prompt");
  const bool is_asked = prompt.child("user") || prompt.child("messages");
  if (!is_asked) set_if_missing(prompt, "messages_field", "body.messages");
}

budget_config read_budget(yaml_section section) {
  return {section.real("usd"), section.whole("tokens")};
}

std::uint32_t read_attempts(yaml_section section) {
  return static_cast<std::uint32_t>(section.whole("attempts").value_or(config{}.attempts));
}

// What is asked, how, and what is kept of it: as a run says, or one of its steps.
void read_asking(step_keys keys, bool has_reference, config& out) {
  const auto from = [&](std::string_view key) -> yaml_section& { return keys.holder_of(key); };
  out.prompt = read_prompt(from("prompt").section("prompt"));
  out.models = read_models(from("models"));
  out.sampling = read_sampling(from("sampling").section("sampling"));
  out.samples = read_samples(from("samples").section("samples"));
  out.escalate = from("escalate").flag("escalate").value_or(false);
  check_batch_plan(from("samples"), out);
  const bool by_majority = !has_reference && out.samples.keep == keep::majority;
  const auto reference = has_reference ? reference_from::config
                         : by_majority ? reference_from::majority
                                       : reference_from::nowhere;
  out.evaluate = read_evaluators(from("evaluate"), evaluator_kinds(), reference);
  out.judges = read_judges(from("evaluate"), out);
  check_batch_evaluators(from("evaluate"), out);
  check_keep(from("samples"), out);
  out.filter = read_filter(from("filter").section("filter"), out);
}

void read_step(yaml_section section, yaml_section& root, config& out) {
  out.step = section.text("name").value_or("");
  step_keys keys(std::move(section), &root);
  out.has_own_models = keys.has("models");
  out.has_own_evaluate = keys.has("evaluate");
  read_asking(std::move(keys), root.has("reference"), out);
}

// All but the last, from what is the run's.
void read_earlier_steps(yaml_section& root, config& out) {
  std::vector<yaml_section> all = root.sections("steps");
  const config of_run = out;
  for (std::size_t i = 0; i + 1 < all.size(); ++i) {
    read_step(all[i], root, out.earlier.emplace_back(of_run));
  }
  number_models(out);
  check_steps(root, out);
}

config read_config(yaml_section root, const std::string& file) {
  config out;
  if (root.text("extends")) root.fail("extends", "goes with a config file; name the base there");
  out.run = read_run(root, file);
  out.run_dir = root.text("run_dir").value_or("runs/" + out.run);
  while (out.run_dir.size() > 1 && out.run_dir.ends_with('/')) out.run_dir.pop_back();
  out.dataset = read_dataset(root.section("dataset"));
  out.few_shot = read_few_shot(root);
  out.shortens = root.text("on_overflow") == "shorten";
  if (root.has("reference")) out.reference = read_reference(root.section("reference"));
  std::vector<yaml_section> steps = root.sections("steps");
  if (root.has("steps") && steps.empty()) {
    root.fail("steps", "is empty; expected at least one step");
  }
  if (steps.empty()) {
    read_asking({root, &root}, root.has("reference"), out);
  } else {
    read_step(std::move(steps.back()), root, out);
  }
  out.holdout = root.real("holdout");
  out.budget = read_budget(root.section("budget"));
  out.attempts = read_attempts(root.section("retry"));
  if (root.text("durability") == "flush") out.durability = durability::flush;
  out.grace_s = root.real("grace_s");
  out.max_failed = root.whole("max_failed").value_or(out.max_failed);
  if (root.has("steps")) read_earlier_steps(root, out);
  out.outputs = read_outputs(root, out);
  return out;
}

void read_variation(yaml_section root, variation& into) {
  into.prompt = read_prompt(root.section("prompt"));
  into.sampling = read_sampling(root.section("sampling"));
}

result<yaml_node> read_tree(const std::string& text, const std::string& name,
                            const std::vector<override_value>& overrides) {
  auto root = parse_yaml(text, name);
  if (!root) return root.error();
  if (root->type == yaml_node::kind::null) return error{errc::usage, name + ": is empty"};
  if (root->type != yaml_node::kind::map) {
    return error{errc::usage, root->where + ": expected a map of keys, as in \"run: name\""};
  }
  root = with_bases(std::move(*root), name);
  if (!root) return root.error();
  for (const override_value& change : overrides) {
    const auto applied = apply_override(*root, change);
    if (!applied) return applied.error();
  }
  return root;
}

// By its file's name, unless it says its own.
yaml_node named(yaml_node root, const std::string& run) {
  if (!root.child("run")) {
    root.children.push_back({.type = yaml_node::kind::text, .text = run, .key = "run"});
  }
  return root;
}

}  // namespace

const variation* variation_of(const config& run, std::uint32_t variant) {
  if (run.variations.empty()) return nullptr;
  return &run.variations[variant % run.variations.size()];
}

const providers::sampling& sampling_of(const config& run, std::uint32_t variant) {
  const variation* const one = variation_of(run, variant);
  return one ? one->sampling : run.sampling;
}

result<config> load_config(const std::string& file, const std::vector<override_value>& overrides) {
  const auto text = read_config_file(file);
  if (!text) return text.error();
  return parse_config(*text, file, overrides);
}

result<config> parse_config(const std::string& text, const std::string& name,
                            const std::vector<override_value>& overrides) {
  auto root = read_tree(text, name, overrides);
  if (!root) return root.error();
  const yaml_node whole = *root;
  expand_bare_words(*root);
  expand_outputs(*root);
  expand_batch_input(*root);
  std::vector<std::vector<vary_axis>> axes;
  const auto nodes = asking_nodes(*root);
  for (yaml_node* const node : nodes) {
    if (node != &*root) expand_bare_words(*node);
    auto own = axes_of(*node);
    if (!own) return own.error();
    auto set = set_values(*node, *own, values_of(*own, 0));
    if (!set) return set.error();
    axes.push_back(std::move(*own));
  }
  yaml_reading reading{config_keys()};
  config out = read_config(yaml_section(*root, reading), name);
  if (reading.problem) return *reading.problem;
  for (std::uint32_t i = 0; i < nodes.size(); ++i) {
    config& into = i < out.earlier.size() ? out.earlier[i] : out;
    auto varied = read_variations(asking_part(*nodes[i]), axes[i], read_variation, into);
    if (!varied) return varied.error();
  }
  note_special_rates(out);
  out.resolved = to_yaml(named(whole, out.run));
  return out;
}

}  // namespace retort::engine

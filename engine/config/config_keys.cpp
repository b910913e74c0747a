#include "engine/config/config_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <limits>

#include "engine/config/config.hpp"
#include "engine/config/config_output.hpp"
#include "engine/config/config_steps.hpp"
#include "engine/config/output_formats.hpp"
#include "engine/evaluators/registry.hpp"
#include "providers/dialects/registry.hpp"

namespace retort::engine {
namespace {

constexpr double day_s = 86400;
constexpr value_range above_zero{.low = 0, .above = true};
constexpr value_range part_of_one{.low = 0, .high = 1, .above = true};
constexpr std::string_view no_key_here =
    "a key does not belong in a config; name its variable with api_key_env or its file with "
    "api_key_file";

std::vector<std::string_view> provider_names() {
  std::vector<std::string_view> names = {"mock"};
  const auto& dialects = providers::known_dialects();
  names.insert(names.end(), dialects.begin(), dialects.end());
  return names;
}

// With the other name that the default has always had.
std::vector<std::string_view> format_words() {
  auto words = output_format_names();
  words.push_back("jsonl");
  return words;
}

config_key unlisted(config_key row) {
  row.is_listed = false;
  return row;
}

bool is_shown(const config_key& key) { return key.is_listed && key.kind != value_kind::refused; }

// Such counts are kept in 32 bits.
constexpr double most_count = std::numeric_limits<std::uint32_t>::max();

// Defaults that are values come from the structs; the others are said in words.
std::vector<config_key> own_keys() {
  using namespace rows;
  using enum value_kind;
  using enum shapes;
  const config c;
  const model_config m;
  const auto shown = [](auto value) { return fmt::format("{}", value); };
  return {
      key(speed, "run", text, "the config file's name without its ending",
          "the run's name: letters, digits, \".\", \"_\" and \"-\""),
      key(speed, "run_dir", text, "runs/<run>",
          "where the manifest, the ledger and the views are kept"),
      key(speed, "extends", text, "none",
          "another config, its path counted from this file's directory, whose keys hold where this "
          "one has none: maps are joined, all else is replaced; not its run and run_dir"),

      key(speed, "dataset.path", texts, "required where nothing is generated",
          "files, globs or \"-\"; .jsonl, .ndjson, .json, .csv or .tsv, each also .gz or .zst, or "
          ".parquet"),
      ranged(speed, "dataset.generate", whole, {.low = 1}, "none",
             "instead of files: make so many records, the same each time"),
      key(speed, "dataset.sample", json_map, "none",
          "the fields of those, each with what one is drawn from for each record: topic: [a, b], "
          "or the lines of a file: {file: personas.txt}"),
      one_of(answers, "dataset.format", {"jsonl", "json", "csv", "tsv", "parquet", "openai_batch"},
             "by the file's ending",
             "of every file; json: one array, or an object a line; openai_batch: the input of "
             "OpenAI's batch API, whose bodies bring messages and sampling"),
      key(views, "dataset.id", text, "the record's position from 0",
          "the field that names a record: id, or meta.id"),
      ranged(speed, "dataset.limit", whole, {.low = 1}, "all",
             "ask about this many records and no more; what the ledger has of others stays in the "
             "outputs"),
      one_of(speed, "dataset.order", {"file", "prefix"}, "file",
             "prefix: records whose prompts begin alike are asked one after the other, for a "
             "server's prefix cache; within windows of 128 MB of rows, of which two are in memory"),
      one_of(speed, "dataset.on_error", {"fail", "skip"}, "fail",
             "at a malformed row: stop, or count and report it and go on"),

      key(answers, "prompt.system", text, "none", "template of the system message"),
      key(answers, "prompt.user", text, "none",
          "template; set exactly one of user, messages and messages_field"),
      one_of(answers, "prompt.messages[].role", {"system", "developer", "user", "assistant"},
             required, "who speaks"),
      key(answers, "prompt.messages[].content", text, required, "template of what is said"),
      key(answers, "prompt.messages_field", text, "none",
          "the field that holds a record's conversation, as chat completions or ShareGPT have it: "
          "messages, or body.messages"),

      key(answers, "few_shot.path", texts, required,
          "files, as dataset.path, whose rows are examples: {{#examples}} in a prompt is repeated "
          "for each of those drawn for a record, with its fields and no others"),
      ranged(answers, "few_shot.k", whole, {1, 1'000}, shown(few_shot_config().k),
             "so many for each record, never the record itself"),
      ranged(answers, "few_shot.seed", whole, {.low = 0}, shown(few_shot_config().seed),
             "of the draw: the same for the same record's position"),

      key(verdicts, "reference.template", text, required,
          "template of the reference answer; shapes answers where a step before the last judges by "
          "it, as dataset.id and the files of scores and decontaminate do"),
      key(verdicts, "reference.pattern", text, "none",
          "RE2 on the rendered text; the last match's first group, or all of it"),

      one_of(answers, "models[].provider", provider_names(), required,
             "the dialect that the endpoint speaks"),
      key(answers, "models[].model", text, "mock for provider mock; else required",
          "the model's name, as the endpoint knows it"),
      key(speed, "models[].base_url", text, "the provider's own, where it has one",
          "http:// or https://, with the path before /chat/completions or its like"),
      key(speed, "models[].api_key_env", text,
          "OPENAI_API_KEY and so on at the default base_url, else none",
          "name, in capitals, of the environment variable that holds the key"),
      key(speed, "models[].api_key_file", text, "none",
          "file that holds the key, in place of api_key_env"),
      key(speed, "models[].api_key", refused, "", no_key_here),
      key(speed, "models[].ca_file", text, "the system's authorities",
          "PEM file of the certificates to trust in place of the default"),
      ranged(speed, "models[].concurrency", whole, {1, 100'000}, "limits.concurrency",
             "short for limits.concurrency"),
      ranged(speed, "models[].limits.rps", real, above_zero, "none",
             "requests per second, at most"),
      ranged(speed, "models[].limits.rpm", real, above_zero, "what the server says",
             "requests per minute, at most"),
      ranged(speed, "models[].limits.tpm", real, above_zero, "what the server says",
             "tokens per minute, in and out together, at most"),
      ranged(speed, "models[].limits.input_tpm", real, above_zero, "what the server says",
             "input tokens per minute, at most"),
      ranged(speed, "models[].limits.output_tpm", real, above_zero, "what the server says",
             "output tokens per minute, at most"),
      ranged(speed, "models[].limits.concurrency", whole, {1, 100'000}, "found out by trying",
             "requests in flight, at most"),
      ranged(speed, "models[].limits.share", real, part_of_one, shown(m.limits.share),
             "of all these limits, and of those that the server tells: the rest is left to others"),
      key(speed, "models[].limits.shared", text, "none",
          "redis://host:6379/0, rediss:// for TLS, user@ before the host: a Redis or Valkey by "
          "which all who use the account share these limits by need, and the run's tasks its "
          "budget"),
      key(speed, "models[].limits.shared_key_env", text, "none",
          "name of the environment variable that holds its password"),
      key(speed, "models[].limits.shared_key_file", text, "none",
          "file that holds it, in place of shared_key_env"),
      key(speed, "models[].limits.shared_ca_file", text, "the system's authorities",
          "PEM file of the certificates to trust for it"),
      key(speed, "models[].endpoints[].base_url", text, "the entry's",
          "one of several places to ask; also api_key_env, ca_file, limits..."),
      unlisted(key(speed, "models[].endpoints[].api_key_env", text, "", "")),
      unlisted(key(speed, "models[].endpoints[].api_key_file", text, "", "")),
      key(speed, "models[].endpoints[].api_key", refused, "", no_key_here),
      unlisted(key(speed, "models[].endpoints[].ca_file", text, "", "")),
      unlisted(ranged(speed, "models[].endpoints[].limits.rps", real, above_zero, "", "")),
      unlisted(ranged(speed, "models[].endpoints[].limits.rpm", real, above_zero, "", "")),
      unlisted(ranged(speed, "models[].endpoints[].limits.tpm", real, above_zero, "", "")),
      unlisted(ranged(speed, "models[].endpoints[].limits.input_tpm", real, above_zero, "", "")),
      unlisted(ranged(speed, "models[].endpoints[].limits.output_tpm", real, above_zero, "", "")),
      unlisted(
          ranged(speed, "models[].endpoints[].limits.concurrency", whole, {1, 100'000}, "", "")),
      unlisted(ranged(speed, "models[].endpoints[].limits.share", real, part_of_one, "", "")),
      unlisted(key(speed, "models[].endpoints[].limits.shared", text, "", "")),
      unlisted(key(speed, "models[].endpoints[].limits.shared_key_env", text, "", "")),
      unlisted(key(speed, "models[].endpoints[].limits.shared_key_file", text, "", "")),
      unlisted(key(speed, "models[].endpoints[].limits.shared_ca_file", text, "", "")),
      key(speed, "models[].serve.command", text, required,
          "starts servers for this entry on this machine, and stops them behind the run: a command "
          "of the shell, with {port} where its port belongs"),
      key(speed, "models[].serve.ready", text, "/health",
          "the path that answers with 200 once such a server is ready"),
      key(speed, "models[].serve.replicas", text, "auto",
          "how many of them; auto: as the GPUs allow that this task has, one where it has none"),
      ranged(speed, "models[].serve.gpus", whole, {1, 1'024}, "1 for auto, else all in equal parts",
             "GPUs of each, as its CUDA_VISIBLE_DEVICES"),
      key(speed, "models[].endpoints.file", text, "none",
          "in place of the list: a file with a base URL a line, looked at every few seconds while "
          "it runs; the entry's limits are then those of all of them together"),
      key(speed, "models[].endpoints.srv", text, "none",
          "in place of the file: a name of DNS whose SRV records say where they are (Kubernetes, "
          "Consul), asked again while it runs; http and the API's usual path, or a base URL with "
          "the "
          "name for its host"),
      ranged(speed, "models[].price.input", real, {}, "that of configs/prices.yaml",
             "USD per 1,000,000 input tokens; goes with price.output; in mode: batch the online "
             "price, of which half is charged"),
      ranged(speed, "models[].price.cached", real, {}, "price.input",
             "USD per 1,000,000 input tokens that the provider had cached"),
      ranged(
          speed, "models[].price.cache_write", real, {},
          "1.25 times price.input for anthropic, else price.input",
          "USD per 1,000,000 input tokens that the provider wrote to its cache; with Anthropic's "
          "ttl of 1h twice price.input"),
      ranged(speed, "models[].price.output", real, {}, "that of configs/prices.yaml",
             "USD per 1,000,000 output tokens"),
      ranged(speed, "models[].timeout_s", real, {0, day_s, true}, shown(m.timeout_s),
             "seconds that one request may take"),
      ranged(
          speed, "models[].startup_s", real, {0, day_s, false}, shown(m.startup_s),
          "seconds to wait for an endpoint that has never answered: more for a server that loads "
          "for minutes; 900 with serve"),
      key(speed, "models[].stream", flag, shown(m.stream),
          "have answers come as events; the ledger then has the times of their tokens"),
      one_of(speed, "models[].mode", {"online", "batch"}, "online",
             "batch: by the provider's batch API, within a day, at half the price"),
      key(answers, "models[].headers", options, "none",
          "further header lines of each request, as OpenAI-Organization: org-1; never a key"),
      key(answers, "models[].mock", options, "none",
          "options of provider mock, named as the flags of `retort mock`"),

      ranged(answers, "sampling.temperature", real, {0, 2}, "the provider's",
             "0 is the least random"),
      ranged(answers, "sampling.top_p", real, {0, 1, true}, "the provider's",
             "sample from the likeliest tokens that make up this probability"),
      ranged(answers, "sampling.max_tokens", whole, {.low = 1}, "the provider's",
             "tokens of a completion, at most; reasoning is among them"),
      ranged(answers, "sampling.top_k", whole, {.low = 1}, "the provider's",
             "sample from this many of the likeliest tokens"),
      ranged(answers, "sampling.min_p", real, {0, 1}, "the provider's",
             "leave out tokens below this share of the likeliest one's probability"),
      key(answers, "sampling.stop", texts, "none", "end the completion before any of these"),
      ranged(answers, "sampling.seed", whole, {}, "none", "the same seed, perhaps the same answer"),
      ranged(answers, "sampling.frequency_penalty", real, {-2, 2}, "the provider's",
             "against tokens by how often they came already"),
      ranged(answers, "sampling.presence_penalty", real, {-2, 2}, "the provider's",
             "against tokens that came already"),
      ranged(answers, "sampling.logprobs", whole, {0, 20}, "none",
             "keep log probabilities, and those of so many likeliest tokens at each place"),
      one_of(answers, "sampling.reasoning.effort",
             {"none", "minimal", "low", "medium", "high", "xhigh", "max"}, "the provider's",
             "how much to reason; each model knows some of these"),
      ranged(answers, "sampling.reasoning.budget_tokens", whole, {}, "the provider's",
             "tokens of reasoning, at most"),
      key(answers, "sampling.response_schema", json_map, "none",
          "JSON Schema that the completion must follow"),
      key(answers, "sampling.tools", json_list, "none",
          "list of {type: function, function: {name, description, parameters}}"),
      key(answers, "sampling.extra", json_map, "none",
          "members to add to the request's body as they are; none that asks for several answers"),

      key(answers, "vary", lists, "none",
          "each combination of the values is a variant: sampling.temperature: [0.3, 1]; also "
          "prompt.user and prompt.system"),

      ranged(speed, "samples.n", whole, {1, 1'000}, shown(c.samples.n),
             "answers to a record from each variant, at most; with sampling.seed the k-th is asked "
             "with seed + k"),
      ranged(speed, "samples.until_accepted", whole, {1, most_count}, "none: all n",
             "ask no more of a record once so many of its answers are accepted"),
      ranged(speed, "samples.parallel", whole, {1, most_count}, "as many as are still needed",
             "requests for one record in flight together, at most"),
      one_of(
          views, "samples.keep", {"all", "best", "majority"}, "all",
          "best: of a record's accepted answers only the one that the first evaluator that decides "
          "gives the most, then the shorter; majority: the largest group with the same answer in "
          "them, which needs no reference; the others are not_kept"),
      one_of(speed, "on_overflow", {"fail", "shorten"}, "fail",
             "where a question is too large for its model: the sample fails, or it is asked with "
             "less: half and a quarter of max_tokens, then without the middle of its longest "
             "field; metadata says what was taken"),
      key(speed, "escalate", flag, shown(c.escalate),
          "ask a model only where the one before it got no answer accepted"),

      key(verdicts, "filter.only_correct", flag, "true where an evaluator decides",
          "keep only what the evaluators that decide hold correct"),
      some_of(verdicts, "filter.finish",
              {"stop", "length", "tool_calls", "content_filter", "refusal", "other", "unknown"},
              "stop, tool_calls and unknown",
              "what an answer may have ended with, else it is cut_off; unknown: not told"),
      ranged(verdicts, "filter.min_length", whole, {}, "none",
             "code points of a completion, at least"),
      ranged(verdicts, "filter.max_length", whole, {}, "none",
             "code points of a completion, at most"),
      key(verdicts, "filter.where", text, "none",
          "a jq program over the training record, as '.completion | length > 10'; what it holds "
          "for "
          "is kept: it puts something out, and no false or null"),
      key(verdicts, "filter.decontaminate.against", texts, "none",
          "files of a benchmark, as dataset.path: what it has is not kept"),
      key(verdicts, "filter.decontaminate.fields", texts, "none",
          "of their rows; prompt, completion, reasoning and calls are held against each"),
      ranged(verdicts, "filter.decontaminate.n", whole, {1, 1000}, "13",
             "so many words in a row must be the same; a text of fewer words, all of it"),
      one_of(verdicts, "filter.unique.by", {"completion", "prompt", "reference"}, "completion",
             "of what a sample must be the first, among those accepted; the section alone, "
             "unique: {}, asks for it"),
      ranged(verdicts, "filter.unique.near", real, {0, 1, true}, "the same text",
             "how much alike counts as one: the share of word 5-grams, estimated by MinHash"),
      ranged(verdicts, "filter.per_record", whole, {1, 1000}, "all",
             "accepted samples of a record, at most"),

      key(views, "output.path", text, "finetuning_data.jsonl (or .csv) in the run directory",
          "the training file: .jsonl or .csv, each also .gz or .zst, or .parquet; \"-\" is "
          "standard output"),
      one_of(views, "output.format", format_words(), "prompt_completion",
             "of its lines (engine/outputs/outputs.md tells them); jsonl is another name for "
             "prompt_completion, csv "
             "that as a table; {jq: PROGRAM} for any other"),
      unlisted(key(views, "output.jq", text, "none", "the program of format jq")),
      key(views, "output.rejected", flag, shown(c.outputs[0].rejected),
          "also write the rejected samples, with why, beside the training file"),
      one_of(views, "output.part", {"training", "holdout"}, "training",
             "of the records, where holdout is set: those that are not held out, or those that "
             "are; the rejected samples' file has the same part"),
      key(views, "output.metadata", flag, "true for prompt_completion and csv, else false",
          "write what a sample is of; false: no member but the format's own"),
      key(views, "output.columns", texts, "none",
          "fields of the dataset that are carried along, as members of each line"),
      one_of(views, "output.reasoning", {"drop", "keep", "think_tags", "field"},
             "as the answer's text has it",
             "what a model thought: nowhere; where it was, in the text or beside it; in the text "
             "as <think>...</think>; beside it, {field: NAME}"),
      key(views, "output.reasoning_field", text, c.outputs[0].reasoning_field,
          "the member beside the answer's text that has its reasoning"),
      one_of(views, "output.tool_arguments", {"text", "object"}, "text",
             "the arguments of a tool's call: JSON as text, or an object"),
      one_of(views, "output.order", {"ledger", "dataset"}, "ledger",
             "lines, those of rejected samples too, as samples were finished, or as their records "
             "stand in the dataset: then they are written when the run ends"),
      key(views, "output.step", text, "the last one", "the step whose samples it has"),
      ranged(views, "output.shard_mb", whole, {1, 1'000'000}, "one file",
             "go on in another file, as data-00001.jsonl, before one has more than so many "
             "1,000,000 bytes; a packed one (.gz, .zst, .parquet) may have a block more"),
      ranged(views, "output.margin", real, {0, 1, true}, "none",
             "of the pairs of a preference: the better answer's score is more by at least this"),
      ranged(views, "output.pairs", whole, {1, 1'000}, shown(c.outputs[0].pairs),
             "of the pairs of a preference: so many of a record, at most"),
      ranged(views, "holdout", real, {0, 1, true}, "none",
             "hold out this share of the records, by the hash of a record's id: the same ones "
             "whenever and however often"),

      ranged(speed, "budget.usd", real, above_zero, "none",
             "dollars the run may cost in all; before that it stops, resumable; hard where "
             "sampling.max_tokens is set"),
      ranged(speed, "budget.tokens", whole, {.low = 1}, "none",
             "tokens, in and out together, that the run may use in all; hard where "
             "sampling.max_tokens is set"),

      ranged(speed, "retry.attempts", whole, {1, 100}, shown(c.attempts),
             "tries of one sample, the first included"),
      one_of(speed, "durability", {"fsync", "flush"}, "fsync",
             "a sample is finished when the disk has it, or when the system has it"),
      ranged(speed, "grace_s", real, {0, day_s}, "60, less where Slurm or Kubernetes gives less",
             "seconds to wait after the first signal for what is in flight"),
      ranged(speed, "max_failed", whole, {}, shown(c.max_failed),
             "more failed samples than this: exit status 1"),
  };
}

// A row's path must outlive the table.
std::string_view kept_path(std::string path) {
  static std::deque<std::string> all;
  return all.emplace_back(std::move(path));
}

// A judge's model has the keys of models[], its sampling those of sampling; what shapes answers
// there shapes verdicts here. The reference names one, for all of them.
std::optional<config_key> row_of_judge(config_key row) {
  constexpr std::string_view models = "models[].", judge = "evaluate[].judge.";
  const bool is_model = row.path.starts_with(models);
  if (!is_model && !row.path.starts_with("sampling.")) return std::nullopt;
  const std::string_view name = row.path.substr(is_model ? models.size() : 0);
  const bool is_left_out = name == "mode" || name.starts_with("endpoints");
  if (is_model && is_left_out) return std::nullopt;
  row.path = kept_path(fmt::format("{}{}{}", judge, is_model ? "model." : "", name));
  if (row.shapes == shapes::answers) row.shapes = shapes::verdicts;
  row.is_listed = name == "provider";
  if (row.is_listed) {
    row.meaning =
        "the model that judges, with all keys of models[] but mode and endpoints; judge.sampling "
        "has those of sampling";
  }
  return row;
}

std::vector<config_key> judge_rows(const std::vector<config_key>& own) {
  std::vector<config_key> out;
  for (const config_key& row : own) {
    if (auto made = row_of_judge(row)) out.push_back(std::move(*made));
  }
  return out;
}

// Behind the last row of the judge's own.
void insert_judge_rows(std::vector<config_key>& evaluators, const std::vector<config_key>& own) {
  const auto rows = judge_rows(own);
  const auto last = std::ranges::find_if(evaluators.rbegin(), evaluators.rend(), [](auto& row) {
    return row.path.starts_with("evaluate[].judge.");
  });
  evaluators.insert(last.base(), rows.begin(), rows.end());
}

// The section at the top level that a key is in, or "".
std::string_view group_of(std::string_view path) {
  const std::string_view name = first_name(path);
  return name == path ? "" : name;
}

bool is_index(std::string_view name) {
  return !name.empty() && name.find_first_not_of("0123456789") == name.npos;
}

std::vector<config_key> make_table() {
  auto all = own_keys();
  const auto filters =
      std::ranges::find(all, "filter", [](const config_key& row) { return first_name(row.path); });
  auto evaluators = evaluator_keys();
  insert_judge_rows(evaluators, all);
  all.insert(filters, evaluators.begin(), evaluators.end());
  const auto steps = step_rows(all);
  const auto output =
      std::ranges::find(all, "output", [](const config_key& row) { return first_name(row.path); });
  all.insert(output, steps.begin(), steps.end());
  const auto outputs = rows_of_outputs(all);
  const auto holdout = std::ranges::find(all, "holdout", &config_key::path);
  all.insert(holdout, outputs.begin(), outputs.end());
  return all;
}

// `inner` is `outer`, or within the list or map of that name.
bool is_around(std::string_view outer, std::string_view inner) {
  if (!inner.starts_with(outer)) return false;
  const std::string_view rest = inner.substr(outer.size());
  return rest.empty() || rest.starts_with('.') || rest.starts_with("[]");
}

bool has_keys_below(const config_key& section) {
  return std::ranges::any_of(config_keys(), [&](const config_key& key) {
    return !path_below(section.path, key.path).empty();
  });
}

std::string describe_value(const config_key& key) {
  if (key.kind == value_kind::section && has_keys_below(key)) return "a map of these, or {}";
  if (key.is_required()) return expected(key) + "; required";
  if (key.default_value.empty()) return expected(key);
  return fmt::format("{}; default: {}", expected(key), key.default_value);
}

constexpr std::size_t page_width = 100;

// The text in lines that fit beside a column of `indent`, which goes before all but the first.
std::string wrapped(std::string_view text, std::size_t indent) {
  std::string out;
  while (indent + text.size() > page_width) {
    const std::size_t blank = text.rfind(' ', page_width - indent);
    if (blank == text.npos) break;
    out += fmt::format("{}\n{:<{}}", text.substr(0, blank), "", indent);
    text.remove_prefix(blank + 1);
  }
  return out.append(text);
}

std::string describe(const config_key& key, std::size_t path_width) {
  const std::size_t indent = path_width + 2;
  return fmt::format("{:<{}}{}\n{:<{}}{}\n", key.path, indent, wrapped(describe_value(key), indent),
                     "", indent, wrapped(key.meaning, indent));
}

std::size_t widest_path() {
  std::size_t width = 0;
  for (const config_key& key : config_keys()) {
    if (is_shown(key)) width = std::max(width, key.path.size());
  }
  return width;
}

}  // namespace

const std::vector<config_key>& config_keys() {
  static const std::vector<config_key> table = make_table();
  return table;
}

std::string pattern_at(std::string_view place) {
  std::string pattern;
  while (!place.empty()) {
    const std::size_t dot = std::min(place.find('.'), place.size());
    const std::string_view name = place.substr(0, dot);
    const bool first = pattern.empty();
    pattern += is_index(name) && !first ? "[]" : fmt::format("{}{}", first ? "" : ".", name);
    place.remove_prefix(std::min(place.size(), dot + 1));
  }
  return pattern;
}

const config_key* find_key(std::string_view place) {
  const std::string pattern = pattern_at(place);
  const config_key* closest = nullptr;
  for (const config_key& key : config_keys()) {
    if (!is_around(key.path, pattern)) continue;
    if (!closest || key.path.size() > closest->path.size()) closest = &key;
  }
  return closest;
}

std::optional<shapes> shapes_of(std::string_view place) {
  const std::string pattern = pattern_at(place);
  for (const config_key& key : config_keys()) {
    if (is_around(key.path, pattern) || is_around(pattern, key.path)) return key.shapes;
  }
  return std::nullopt;
}

namespace {

bool shapes_only(std::string_view group, shapes what) {
  return std::ranges::all_of(config_keys(), [&](const config_key& key) {
    return group_of(key.path) != group || !is_shown(key) || key.shapes == what;
  });
}

// The keys that shape the same, section by section where all of one do.
std::string describe_class(shapes what) {
  std::vector<std::string> places;
  for (const config_key& key : config_keys()) {
    if (!is_shown(key) || key.shapes != what) continue;
    const std::string_view group = group_of(key.path);
    const bool whole = !group.empty() && shapes_only(group, what);
    const std::string place = whole ? fmt::format("{}.*", group) : std::string(key.path);
    if (places.empty() || places.back() != place) places.push_back(place);
  }
  return fmt::format("{:<10}{}\n", name(what),
                     wrapped(fmt::format("{}", fmt::join(places, ", ")), 10));
}

std::string describe_classes() {
  std::string out =
      "\nWhat a key shapes decides what follows when a run is resumed with another value of it.\n"
      "Other answers are refused; other verdicts and views are made anew, without a request; "
      "speed\n"
      "is how a run goes, where and how far, and may change at any time: but samples.n and\n"
      "dataset.generate only grow, and a lower dataset.limit takes nothing back, nor asks beyond "
      "it.\n";
  for (const shapes what : {shapes::answers, shapes::verdicts, shapes::views}) {
    out += describe_class(what);
  }
  return out +
         "speed     all others; records are compared one by one, wherever dataset.path finds "
         "them\n";
}

}  // namespace

std::string describe_config_keys() {
  std::string out;
  const std::size_t width = widest_path();
  std::string_view group;
  for (const config_key& key : config_keys()) {
    if (!is_shown(key)) continue;
    if (!out.empty() && group_of(key.path) != group) out += '\n';
    group = group_of(key.path);
    out += describe(key, width);
  }
  return out + describe_classes();
}

}  // namespace retort::engine

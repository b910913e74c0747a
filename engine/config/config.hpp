// A run's config: plain values, read once from YAML and --set overrides, checked whole before
// anything is sent. Defaults stand in the table of config_keys.cpp, which help and configs/keys.md
// share. Immutable after load; any thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "engine/config/limits_config.hpp"
#include "engine/config/prices.hpp"
#include "engine/evaluator/evaluator_config.hpp"
#include "io/base/error.hpp"
#include "io/dataset/dataset_files.hpp"
#include "providers/body/types.hpp"

namespace retort::engine {

enum class on_error { fail, skip };
enum class durability { fsync, flush };

struct generated_field {
  std::string name;
  std::vector<std::string> values = {};  // each as JSON
  std::string file = {};                 // instead of them: its lines
};

// Records made from nothing.
struct generate_config {
  std::uint64_t rows = 0;
  std::vector<generated_field> fields = {};
};

struct dataset_config {
  std::vector<std::string> paths;           // files, globs or "-"
  std::optional<generate_config> generate;  // instead of them
  std::optional<io::row_format> format;
  bool is_batch_input = false;    // format: openai_batch, whose rows bring sampling of their own
  std::optional<std::string> id;  // the field that names a record; else its ordinal
  std::optional<std::uint64_t> limit;
  bool in_prefix_order = false;  // order: prefix
  engine::on_error on_error = on_error::fail;

  // Beyond the limit nobody is asked anything; what the ledger has of it stays where it is.
  bool reaches(std::uint64_t ordinal) const { return !limit || ordinal < *limit; }
};

// Exactly one of `user`, `messages` and `messages_field` is set; `system` goes with any of them.
struct prompt_config {
  std::optional<std::string> system;         // template
  std::optional<std::string> user;           // template
  std::vector<providers::message> messages;  // contents are templates
  std::optional<std::string> messages_field;
};

struct reference_config {
  std::string text;                    // template (the key `template`)
  std::optional<std::string> pattern;  // RE2; its first group (or whole match) is the reference
};

struct endpoint_config {
  std::string base_url;     // without a trailing slash
  std::string api_key_env;  // name of the variable; "" when no key is sent
  std::string api_key_file;
  std::string ca_file;  // PEM; replaces the system's authorities
  limits_config limits;
};

// Servers that the run starts on this machine for a model entry (engine/serve).
struct serve_config {
  std::string command;         // for /bin/sh; holds {port}
  std::string ready;           // GET of it is answered with 2xx once the server is
  std::uint32_t replicas = 0;  // 0: auto
  std::uint32_t gpus = 0;      // of each; 0: those there are, in equal parts
};

// The entry is its own endpoint unless it lists several.
struct model_config : endpoint_config {
  std::string provider;  // a dialect's name, or "mock"
  std::string model;
  std::vector<endpoint_config> endpoints;
  // Whose lines they are, or whose SRV records: base_url has that name for its host until they are
  // known. `limits` is of all of them together then.
  std::string endpoints_file, endpoints_srv;
  std::optional<serve_config> serve;  // base_url has no port until its server has one
  double timeout_s = 600;
  double startup_s = 30;  // how long an endpoint that has never answered is waited for
  bool stream = false;    // answers come as events
  bool batch = false;     // mode: batch
  std::map<std::string, std::string> headers;  // further header lines; none holds a secret
  std::optional<engine::price> price;
  std::string special_rate;  // what sampling.extra asks for that known prices are not of, in words
  std::map<std::string, std::string> mock;  // options of the embedded mock (provider: mock)
};

// The provider whose API a model entry speaks: a mock speaks OpenAI's.
inline std::string_view api_of(const model_config& model) {
  return model.provider == "mock" ? std::string_view("openai") : model.provider;
}

// The endpoints behind a model entry, at least one.
std::span<const endpoint_config> endpoints_of(const model_config& model);

// They may come and go while a run is at work.
inline bool has_changing_endpoints(const model_config& model) {
  return !model.endpoints_file.empty() || !model.endpoints_srv.empty();
}

// Those whose limits together are the entry's: its endpoints, or itself where these change.
std::span<const endpoint_config> limits_of(const model_config& model);

// What a run may spend over its whole life, whatever the number of its processes.
struct budget_config {
  std::optional<double> usd;
  std::optional<std::int64_t> tokens;
};

// Examples that stand in a prompt, drawn for each record.
struct few_shot_config {
  std::vector<std::string> paths;  // files, as dataset.path
  std::uint32_t k = 3;             // of a record
  std::uint64_t seed = 0;          // of the draw
  std::uint64_t content = 0;       // hash of what the files hold
};

struct decontaminate_config {
  std::vector<std::string> against;  // files, as dataset.path
  std::vector<std::string> fields;   // of their rows
  std::uint32_t n = 13;              // words in a row
};

enum class unique_by { completion, prompt, reference };

struct unique_config {
  unique_by by = unique_by::completion;
  std::optional<double> near = {};  // this much alike, from 0 to 1; nothing: the same
};

struct filter_config {
  std::optional<bool> only_correct;         // unset: true when an evaluator decides
  std::optional<std::uint64_t> min_length;  // code points of the completion, inclusive
  std::optional<std::uint64_t> max_length;
  // What an answer may have ended with. Never empty after load.
  std::vector<providers::finish> finish = {providers::finish::stop, providers::finish::tool_calls,
                                           providers::finish::unknown};
  std::optional<std::string> where = {};  // a jq program over the training record
  std::optional<decontaminate_config> decontaminate = {};
  std::optional<unique_config> unique = {};
  std::optional<std::uint32_t> per_record = {};  // accepted samples of a record, at most
};

// Of the records, where some are held out.
enum class part { training, holdout };

// Where what a model thought goes: nowhere, but for what stands in the answer's text; nowhere at
// all; where it stood; into the answer's text, in tags; beside it.
enum class reasoning_place { as_it_came, drop, keep, think_tags, field };

struct output_config {
  std::string path;  // empty: finetuning_data.<jsonl|csv> in the run directory
  std::string format = "prompt_completion";  // one of output_formats.hpp
  bool rejected = false;                     // also write <output stem>.rejected.jsonl beside it
  engine::part part = engine::part::training;
  std::string jq = {};                    // the program of format jq
  std::optional<bool> metadata = {};      // unset: as the format has it
  std::vector<std::string> columns = {};  // fields of the dataset, carried along
  reasoning_place reasoning = reasoning_place::as_it_came;
  std::string reasoning_field = "reasoning_content";  // the member beside the answer
  bool has_argument_objects = false;                  // of calls, in place of JSON text
  bool in_dataset_order = false;
  std::string step = {};              // whose samples it has; empty: the last one's
  std::uint64_t shard_mb = 0;         // files of so many 1,000,000 bytes; 0: one
  std::optional<double> margin = {};  // of a pair's scores, at least
  std::uint32_t pairs = 1;            // of a record, at most
};

// The model of an evaluator that is a judge.
struct judge_config {
  std::size_t evaluator = 0;  // its place in `evaluate`
  model_config model;
  providers::sampling sampling;
};

// Which of a record's accepted samples are kept.
enum class keep { all, best, majority };

// How often a record is asked.
struct samples_config {
  std::uint32_t n = 1;               // under each variant, at most
  std::uint32_t until_accepted = 0;  // no more once so many are accepted; 0: all
  std::uint32_t parallel = 0;        // in flight together; 0: as many as are still needed
  engine::keep keep = engine::keep::all;
};

// A key that varies, and its values as JSON.
struct varied_key {
  std::string path;
  std::vector<std::string> values;
};

// One combination of the values of all keys that vary.
struct variation {
  prompt_config prompt;
  providers::sampling sampling;
  std::string values;  // {"sampling.temperature":0.3}: what it is called
};

// One task of several that share a run's records (engine/shard). The command line or the
// environment says so, no key.
struct shard_config {
  std::uint32_t index = 0, count = 1;
  std::string run_dir;  // the whole run's; the config's own is the shard's
};

// With `steps` this is what the last of them asks, and all that is the run's; what those before it
// ask stands in `earlier`, each as if it were a run of its own.
struct config {
  std::string run;
  std::string run_dir;  // never empty after load: runs/<run> by default
  // What was loaded, its bases and overrides among it, as YAML that says the same by itself.
  std::string resolved;
  std::optional<shard_config> shard;  // nothing: all of the run
  dataset_config dataset;
  prompt_config prompt;
  std::optional<few_shot_config> few_shot;
  std::optional<reference_config> reference;
  std::vector<model_config> models;  // not empty
  providers::sampling sampling;
  std::vector<varied_key> vary;       // by path
  std::vector<variation> variations;  // empty where nothing varies; prompt and sampling are the
                                      // first one's then
  samples_config samples;
  bool shortens = false;  // on_overflow: what is too large for its model is asked with less
  bool escalate = false;  // a model is asked only where the one before got none accepted
  std::vector<evaluator_config> evaluate;
  std::vector<judge_config> judges;  // in the order of `evaluate`
  filter_config filter;
  std::string step;                                       // its name; "" where there are no steps
  std::vector<config> earlier;                            // the steps before, the first first
  bool has_own_models = false, has_own_evaluate = false;  // of a step: not the run's
  // Among model_entries(), its first model and its first judge (unset: behind the models): steps
  // that ask by the run's models share them.
  std::size_t models_at = 0;
  std::optional<std::size_t> judges_at = {};
  std::vector<output_config> outputs = std::vector<output_config>(1);  // not empty
  std::optional<double> holdout;  // this share of the records is held out, by their ids
  budget_config budget;
  std::uint32_t attempts =
      6;  // retry.attempts: tries of one sample in one process, the first included
  engine::durability durability = durability::fsync;
  std::optional<double> grace_s;  // after the first signal, how long to wait for what is in flight;
                                  // nothing: engine/run/drain.hpp
  std::uint64_t max_failed = 0;   // more failed samples than this: exit status 1
};

// A variant is one model entry in one combination: all of the first entry's, then the next one's.
inline std::uint32_t combinations_of(const config& run) {
  return run.variations.empty() ? 1 : static_cast<std::uint32_t>(run.variations.size());
}
inline std::uint32_t model_of(const config& run, std::uint32_t variant) {
  return variant / combinations_of(run);
}
// Null where nothing varies.
const variation* variation_of(const config& run, std::uint32_t variant);
const providers::sampling& sampling_of(const config& run, std::uint32_t variant);

// What one step asks, counted from 0; the last is the config itself.
inline std::uint32_t last_step(const config& run) {
  return static_cast<std::uint32_t>(run.earlier.size());
}
inline const config& step_of(const config& run, std::uint32_t step) {
  return step < run.earlier.size() ? run.earlier[step] : run;
}

inline std::size_t first_judge(const config& run) {
  return run.judges_at.value_or(run.models_at + run.models.size());
}

// All that are asked: the models, then those that judge; then the same of steps that have others.
// Gates and mocks are numbered like this.
struct model_entry {
  const model_config* model;
  const providers::sampling* sampling;  // a judge's; null: that of the steps that ask it
  std::string place;                    // "models[0]", "evaluate[1].judge.model"
};
std::vector<model_entry> model_entries(const config&);

// One --set, or the flag that stands for it: "sampling.temperature" and "0.7".
// Elements of lists are reached by index: "models.0.concurrency".
struct override_value {
  std::string path;
  std::string value;   // one value as it is; YAML for a list or a map; "", null and ~ are no value
  std::string origin;  // how messages call it: "--set sampling.temperature", "--limit"
};

// Reads and checks a config. errc::usage with "file:line:column: ..." (or the override's origin),
// what is wrong, what was expected, and the near miss of a misspelt key.
result<config> load_config(const std::string& file, const std::vector<override_value>& overrides);

// The same for text held in memory; `name` stands for the file in messages.
result<config> parse_config(const std::string& text, const std::string& name,
                            const std::vector<override_value>& overrides);

// The reference of every key: path, type, default and meaning, as aligned plain text.
std::string describe_config_keys();

// The values of all keys that are not about speed alone, "path" -> "value". Holds no secret.
std::map<std::string, std::string> all_shaping(const config&);
// The values of the keys that shape the answers, by their class in the table (config_keys.hpp), as
// "path" -> "value" for the manifest, so that a resume can say which key changed. Holds no secret.
std::map<std::string, std::string> answer_shaping(const config&);
// The same of those that shape the verdicts, and of those that shape verdicts or views.
std::map<std::string, std::string> verdict_shaping(const config&);
std::map<std::string, std::string> view_shaping(const config&);

}  // namespace retort::engine

#include "engine/config/config_output.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <map>
#include <set>

#include "engine/config/output_formats.hpp"
#include "engine/config/run_directory.hpp"
#include "engine/text/near_miss.hpp"
#include "engine/text/shown_text.hpp"
#include "engine/where/jq_program.hpp"
#include "io/file/file_ending.hpp"
#include "io/file/packer.hpp"
#include "io/parquet/parquet_module.hpp"

namespace retort::engine {
namespace {

namespace fs = std::filesystem;

// A row's path must outlive the table.
std::string_view remaining(std::string path) {
  static std::deque<std::string> all;
  return all.emplace_back(std::move(path));
}

// A map of one member under `key` becomes that member's name, and its value another key's.
void expand(yaml_node& output, std::string_view key, std::string_view member,
            const std::string& other) {
  yaml_node* const node = output.child(key);
  if (!node || node->type != yaml_node::kind::map || node->children.size() != 1) return;
  if (node->children[0].key != member || output.child(other)) return;
  yaml_node value = std::move(node->children[0]);
  value.key = other;
  node->type = yaml_node::kind::text;
  node->text = member;
  node->children.clear();
  output.children.push_back(std::move(value));
}

void expand_output(yaml_node& output) {
  if (output.type != yaml_node::kind::map) return;
  expand(output, "format", "jq", "jq");
  expand(output, "reasoning", "field", "reasoning_field");
}

reasoning_place read_reasoning(yaml_section& section) {
  using enum reasoning_place;
  const auto word = section.text("reasoning");
  if (word == "drop") return drop;
  if (word == "keep") return keep;
  if (word == "think_tags") return think_tags;
  return word == "field" ? field : as_it_came;
}

output_config read_keys(yaml_section& section) {
  output_config out;
  out.path = section.text("path").value_or("");
  const auto format = section.text("format");
  if (format && *format != "jsonl") out.format = *format;  // that is the default's other name
  out.rejected = section.flag("rejected").value_or(out.rejected);
  if (section.text("part") == "holdout") out.part = part::holdout;
  out.jq = section.text("jq").value_or("");
  out.metadata = section.flag("metadata");
  out.columns = section.texts("columns");
  out.reasoning = read_reasoning(section);
  out.reasoning_field = section.text("reasoning_field").value_or(out.reasoning_field);
  out.has_argument_objects = section.text("tool_arguments") == "object";
  out.in_dataset_order = section.text("order") == "dataset";
  out.step = section.text("step").value_or("");
  out.shard_mb = static_cast<std::uint64_t>(section.whole("shard_mb").value_or(0));
  out.margin = section.real("margin");
  out.pairs = static_cast<std::uint32_t>(section.whole("pairs").value_or(out.pairs));
  return out;
}

void check_jq(yaml_section& section, const output_config& of) {
  if (of.format != "jq") {
    if (section.has("jq")) section.fail("jq", "goes with format: jq only");
    return;
  }
  if (of.jq.empty()) {
    return section.fail("format", "is jq without a program; expected {jq: 'PROGRAM'}");
  }
  const auto compiled = jq_program::compile(of.jq);
  if (!compiled) section.fail("jq", "is no jq program; jq says: " + compiled.error().message);
}

void check_parquet(yaml_section& section, const output_config& of) {
  if (!is_parquet(of)) return;
  if (!io::has_ending(of.path, ".parquet")) {
    return section.fail("path",
                        "is Parquet packed once more, which nobody reads; expected "
                        ".parquet, which packs what it holds");
  }
  if (of.format == "csv") {
    return section.fail("path", "is Parquet, and format csv is not; expected another format");
  }
  if (of.format == "jq") return;
  if (const auto module = io::load_parquet_module(); !module) {
    section.fail("path", fmt::format("is {}, and {}", shown(of.path), module.error().message));
  }
}

constexpr const char* json_endings[] = {".jsonl", ".jsonl.gz", ".jsonl.zst", ".json"};

void check_path(yaml_section& section, const output_config& of) {
  check_parquet(section, of);
  const auto ends = [&of](const char* ending) { return io::has_ending(of.path, ending); };
  if (of.format == "csv" && std::ranges::any_of(json_endings, ends)) {
    section.fail("path", "is of JSON lines, and format csv makes none; expected .csv");
  }
  if (of.shard_mb > 0 && of.path == "-") {
    section.fail("shard_mb", "does not go with standard output");
  }
  if (of.format == "jq" && (is_table(of) || is_parquet(of))) {
    section.fail("path",
                 "names a table, and what a jq program makes has no columns; expected "
                 ".jsonl, also .gz or .zst");
  }
}

// Of the step, the names; the last is what the config asks.
std::vector<std::string_view> names_of_steps(const config& read) {
  std::vector<std::string_view> out;
  for (std::uint32_t i = 0; i <= last_step(read); ++i) out.push_back(step_of(read, i).step);
  return out;
}

// What the output's samples were asked by.
const config& asked_for(const config& read, const output_config& of) {
  for (const config& one : read.earlier) {
    if (one.step == of.step) return one;
  }
  return read;
}

void check_step(yaml_section& section, const output_config& of, const config& read) {
  if (of.step.empty()) return;
  if (read.step.empty()) return section.fail("step", "needs steps");
  const auto names = names_of_steps(read);
  if (std::ranges::find(names, of.step) != names.end()) return;
  section.fail("step", fmt::format("is {}; expected {}{}", shown(of.step), fmt::join(names, ", "),
                                   did_you_mean(of.step, names)));
}

void check_columns(yaml_section& section, const output_config& of, const output_format& format) {
  auto taken = members_of(format);
  taken.emplace_back("metadata");
  taken.emplace_back("tool_calls");
  if (format.has_field) taken.push_back(of.reasoning_field);
  for (const std::string& one : of.columns) {
    if (std::ranges::find(taken, one) != taken.end()) {
      section.fail("columns", fmt::format("has {}, which the output has already", shown(one)));
    }
    taken.push_back(one);
  }
}

// What varies is read later.
bool asks_once(const config& asked, yaml_section& root) {
  bool varies = root.has("vary");
  for (const yaml_section& step : root.sections("steps")) varies = varies || step.has("vary");
  return !varies && asked.samples.n * asked.models.size() == 1;
}

// A member has one meaning.
void check_reasoning_field(yaml_section& section, const output_config& of) {
  constexpr std::string_view taken[] = {"role",         "content",  "name",
                                        "tool_call_id", "prompt",   "completion",
                                        "tool_calls",   "metadata", "weight"};
  if (std::ranges::find(taken, of.reasoning_field) == std::end(taken)) return;
  section.fail("reasoning_field",
               fmt::format("is {}, which has a meaning already", shown(of.reasoning_field)));
}

void check_pairs(yaml_section& section, const output_config& of, const output_format& format,
                 const config& asked, yaml_section& root) {
  for (const char* key : {"margin", "pairs"}) {
    if (section.has(key) && !format.is_of_pairs) {
      section.fail(key, fmt::format("goes with formats of pairs, and {} is none", format.name));
    }
  }
  if (of.margin && !any_decides(asked.evaluate)) {
    section.fail("margin", "needs an evaluator that decides, whose score it is; set evaluate");
  }
  if (format.is_of_pairs && asks_once(asked, root)) {
    section.fail("format", fmt::format("{} needs several answers to a record; set samples.n, or "
                                       "give several models",
                                       format.name));
  }
}

// What the format needs and the run does not have, or the other way round.
void check_format(yaml_section& section, const output_config& of, const config& read,
                  yaml_section& root) {
  const output_format& format = *find_output_format(of.format);
  const config& asked = asked_for(read, of);
  using enum reasoning_place;
  if (!format.has_field && (of.reasoning == keep || of.reasoning == field)) {
    section.fail("reasoning", fmt::format("has no place beside the answer in format {}; expected "
                                          "drop or think_tags",
                                          format.name));
  }
  if (format.needs_reference && !read.reference) {
    section.fail("format", fmt::format("{} needs a reference; set reference", format.name));
  }
  if (format.needs_verdicts && !any_decides(asked.evaluate)) {
    section.fail("format",
                 fmt::format("{} needs an evaluator that decides; set evaluate", format.name));
  }
  check_columns(section, of, format);
  check_reasoning_field(section, of);
  check_pairs(section, of, format, asked, root);
}

output_config read_output(yaml_section section, const config& read, yaml_section& root) {
  output_config out = read_keys(section);
  if (section.has("part") && !read.holdout) {
    section.fail("part", "needs holdout, the share of the records that is held out");
  }
  check_jq(section, out);
  check_path(section, out);
  check_step(section, out, read);
  if (find_output_format(out.format)) check_format(section, out, read, root);
  return out;
}

// Without .gz or .zst.
fs::path unpacked(fs::path path) {
  return io::packing_of(path.native()) == io::packing::none ? path : path.replace_extension();
}

// Which of a run's files is whose, as far as their names say.
class claims {
 public:
  // The run's own.
  explicit claims(const std::string& run_dir) {
    for (const std::string& own : run_directory{run_dir}.own()) {
      by_path_.emplace(whole(own), "the run's own record");
    }
  }

  // Who has the path already, "outputs.0"; "" where nobody has, who has it from now on.
  std::string claim(const std::string& path, const std::string& by) {
    for (const shards& one : sharded_) {
      if (one.has(whole(path))) return one.by;
    }
    const auto [found, is_new] = by_path_.emplace(whole(path), by);
    return is_new ? std::string() : found->second;
  }

  // The same of every shard of the path.
  std::string claim_shards(const std::string& path, const std::string& by) {
    const shards own{whole(unpacked(path).replace_extension()) + "-",
                     whole(path).substr(whole(unpacked(path).replace_extension()).size()), by};
    for (const auto& [other, who] : by_path_) {
      if (own.has(other)) return who;
    }
    sharded_.push_back(own);
    return {};
  }

 private:
  struct shards {
    std::string begin, end, by;
    bool has(std::string_view path) const {
      if (!path.starts_with(begin) || !path.ends_with(end)) return false;
      if (path.size() < begin.size() + end.size()) return false;
      path.remove_prefix(begin.size());
      path.remove_suffix(end.size());
      return path.size() >= 5 && path.find_first_not_of("0123456789") == path.npos;
    }
  };

  static std::string whole(const fs::path& path) {
    std::error_code ignored;
    return fs::absolute(path, ignored).lexically_normal().string();
  }

  std::map<std::string, std::string> by_path_;
  std::vector<shards> sharded_;
};

void check_free(yaml_section& section, std::string_view key, const std::string& path,
                const std::string& other) {
  if (other.empty()) return;
  section.fail(
      key, fmt::format("goes to {}, where {} goes; expected a file for each", shown(path), other));
}

// What is poured to standard output has no file.
void check_files(yaml_section& section, const config& read, const output_config& of,
                 const std::string& by, claims& all) {
  const std::string path = path_of(read, of);
  check_free(section, "path", path, all.claim(path, by));
  if (of.shard_mb > 0) check_free(section, "path", path, all.claim_shards(path, by));
  if (!of.rejected) return;
  const std::string rejected = rejected_path_of(read, of);
  check_free(section, "rejected", rejected, all.claim(rejected, by));
}

// LLaMA-Factory's description stands beside what it describes.
void check_descriptions(yaml_section& section, const output_config& of,
                        const std::vector<output_config>& all) {
  const bool any_described = std::ranges::any_of(all, [](const output_config& one) {
    return one.format == "alpaca" || one.format == "sharegpt";
  });
  if (any_described && fs::path(of.path).filename() == "dataset_info.json")
    section.fail("path", "is the name of what describes alpaca and sharegpt; expected another");
}

}  // namespace

std::vector<config_key> rows_of_outputs(const std::vector<config_key>& of_run) {
  std::vector<config_key> out;
  for (config_key row : of_run) {
    if (first_name(row.path) != "output") continue;
    row.path = remaining(fmt::format("outputs[].{}", path_below("output", row.path)));
    row.is_listed = out.empty();
    if (row.is_listed) {
      row.meaning =
          "in place of output: several of them, each with all of its keys and a path of its own";
    }
    out.push_back(std::move(row));
  }
  return out;
}

void expand_outputs(yaml_node& root) {
  if (yaml_node* const one = root.child("output")) expand_output(*one);
  yaml_node* const all = root.child("outputs");
  if (!all || all->type != yaml_node::kind::list) return;
  for (yaml_node& one : all->children) expand_output(one);
}

std::vector<output_config> read_outputs(yaml_section& root, const config& read) {
  claims files(read.run_dir);
  if (!root.has("outputs")) {
    yaml_section only = root.section("output");
    std::vector<output_config> one = {read_output(only, read, root)};
    check_files(only, read, one[0], "output", files);
    return one;
  }
  if (root.has("output")) root.fail("output", "cannot stand beside outputs; expected one of them");
  std::vector<output_config> out;
  std::vector<yaml_section> all = root.sections("outputs");
  if (all.empty()) root.fail("outputs", "is empty; expected at least one output");
  for (yaml_section& section : all) {
    const std::string by = fmt::format("outputs.{}", out.size());
    check_files(section, read, out.emplace_back(read_output(section, read, root)), by, files);
  }
  for (std::size_t i = 0; i < out.size(); ++i) check_descriptions(all[i], out[i], out);
  return out;
}

std::string path_of(const config& run, const output_config& of) {
  if (!of.path.empty()) return of.path;
  return run.run_dir + (of.format == "csv" ? "/finetuning_data.csv" : "/finetuning_data.jsonl");
}

std::string rejected_path_of(const config& run, const output_config& of) {
  const bool is_poured = of.path == "-";
  fs::path beside = is_poured ? run.run_dir + "/finetuning_data" : path_of(run, of);
  return unpacked(beside).replace_extension(".rejected.jsonl").string();
}

std::string shard_path(const std::string& path, std::size_t n) {
  const fs::path whole(path), plain = unpacked(whole);
  const std::string packed = plain == whole ? "" : whole.extension().string();
  fs::path numbered = plain.parent_path() / plain.stem();
  numbered += fmt::format("-{:05}{}{}", n, plain.extension().string(), packed);
  return numbered.string();
}

std::vector<std::string> columns_of(const config& run) {
  std::set<std::string> all;
  for (const output_config& one : run.outputs) all.insert(one.columns.begin(), one.columns.end());
  return {all.begin(), all.end()};
}

bool is_parquet(const output_config& of) {
  return io::has_ending(unpacked(of.path).native(), ".parquet");
}

bool is_table(const output_config& of) {
  return of.format == "csv" || io::has_ending(unpacked(of.path).native(), ".csv");
}

}  // namespace retort::engine

#include "engine/directory/dataset_card.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "engine/config/config_output.hpp"
#include "io/base/hex.hpp"
#include "io/base/json_writer.hpp"
#include "io/base/one_line.hpp"
#include "io/file/file.hpp"
#include "io/file/file_ending.hpp"
#include "io/file/presence.hpp"

namespace retort::engine {
namespace {

namespace fs = std::filesystem;

// In the place of the seal, while that is made.
constexpr std::string_view no_seal = "(0000000000000000)";
constexpr std::string_view before_seal = "\n# makes it anew. ";
// How every card begins: words of ours, which no key is looked for in.
constexpr std::string_view card_head =
    "---\n# Made by retort. A license and the languages are yours to add: once it is changed, no "
    "run\n# makes it anew. (0000000000000000)";
static_assert(card_head.ends_with(no_seal));

std::string seal_of(std::string_view text) {
  const auto hex = io::to_hex(XXH3_64bits(text.data(), text.size()));
  return '(' + std::string(hex.data(), hex.size()) + ')';
}

// It is as it was made: nobody has put in a word.
bool is_untouched(std::string_view text) {
  const auto line = text.find(before_seal);
  if (line == std::string_view::npos) return false;
  const auto at = line + before_seal.size();
  std::string unsealed(text);
  if (unsealed.size() < at + no_seal.size()) return false;
  unsealed.replace(at, no_seal.size(), no_seal);
  return text.substr(at, no_seal.size()) == seal_of(unsealed);
}

struct card_file {
  const output_config* what;
  std::string path;  // of its first file, as the run has it
  std::uint64_t rows;
};

// Files whose rows have the same members: they load as one table, by its splits.
struct card_table {
  std::string name;
  std::vector<const card_file*> files;
};

// JSON's strings are YAML's too.
std::string yaml_text(std::string_view text) {
  std::string out;
  io::append_json_string(out, io::plain_line(text));
  return out;
}

// What stands in a table's cell means nothing to Markdown.
std::string cell(std::string_view text) {
  std::string out;
  for (const char c : io::plain_line(text)) {
    if (std::string_view("\\`*_[]<>|~&").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string_view split_of(const output_config& of) {
  return of.part == part::holdout ? "test" : "train";
}

bool has_same_members(const output_config& a, const output_config& b) {
  return a.format == b.format && a.jq == b.jq && a.columns == b.columns &&
         a.metadata == b.metadata && a.step == b.step && a.reasoning == b.reasoning &&
         a.reasoning_field == b.reasoning_field && a.has_argument_objects == b.has_argument_objects;
}

std::vector<card_file> files_of(const config& run, const std::vector<written_view>& written) {
  std::vector<card_file> out;
  for (const output_config& one : run.outputs) {
    const std::string whole = path_of(run, one);
    const std::string first = one.shard_mb == 0 ? whole : shard_path(whole, 0);
    const auto found = std::ranges::find(written, first, &written_view::path);
    if (whole != "-" && found != written.end()) out.push_back({&one, whole, found->rows});
  }
  return out;
}

std::string free_table_name(const std::vector<card_table>& taken, const card_file& of) {
  const auto is_taken = [&](const std::string& name) {
    return std::ranges::find(taken, name, &card_table::name) != taken.end();
  };
  std::string name = of.what->format;
  if (is_taken(name)) name = fs::path(of.path).stem().string();
  for (int n = 2; is_taken(name); ++n) name = fmt::format("{}_{}", of.what->format, n);
  return name;
}

// What one reader reads: a hub takes the first file's for all of a repository.
enum class file_kind { lines, table, parquet };

file_kind kind_of(const card_file& file) {
  if (io::has_ending(file.path, ".parquet")) return file_kind::parquet;
  return is_table(*file.what) ? file_kind::table : file_kind::lines;
}

// A hub takes such a name for a pattern.
bool is_a_pattern(const card_file& file) {
  return file.path.find_first_of("*?[]{}") != std::string::npos;
}

bool is_loadable(const std::vector<card_file>& files, const card_file& file) {
  return !is_a_pattern(file) && kind_of(file) == kind_of(files[0]);
}

std::vector<card_table> tables_of(const std::vector<card_file>& files) {
  std::vector<card_table> out;
  for (const card_file& file : files) {
    if (!is_loadable(files, file)) continue;
    const auto found = std::ranges::find_if(out, [&](const card_table& one) {
      return has_same_members(*one.files[0]->what, *file.what) &&
             std::ranges::none_of(one.files, [&](const card_file* other) {
               return split_of(*other->what) == split_of(*file.what);
             });
    });
    if (found != out.end()) {
      found->files.push_back(&file);
    } else {
      out.push_back({free_table_name(out, file), {&file}});
    }
  }
  if (out.size() == 1) out[0].name = "default";
  return out;
}

// The directory that all of them are in: the run's where that is one.
fs::path common_directory(const config& run, const std::vector<card_file>& files) {
  const auto is_below = [](const fs::path& path, const fs::path& top) {
    const auto step = std::ranges::mismatch(path, top);
    return step.in2 == top.end();
  };
  fs::path out = fs::absolute(run.run_dir).lexically_normal();
  for (bool is_first = true; const card_file& file : files) {
    const fs::path place = fs::absolute(file.path).lexically_normal();
    if (is_first && !is_below(place, out)) out = place.parent_path();
    while (!is_below(place, out)) out = out.parent_path();
    is_first = false;
  }
  return out;
}

// Of shards, a pattern that a hub expands.
std::string path_in(const fs::path& directory, const card_file& file) {
  const std::string path =
      fs::absolute(file.path).lexically_normal().lexically_relative(directory).string();
  if (file.what->shard_mb == 0) return path;
  std::string pattern = shard_path(path, 0);
  const std::string number = "00000", digits = "[0-9][0-9][0-9][0-9][0-9]";
  return pattern.replace(pattern.rfind(number), number.size(), digits);
}

std::string_view size_category(std::uint64_t rows) {
  static constexpr std::pair<std::uint64_t, std::string_view> table[] = {
      {1'000, "n<1K"},
      {10'000, "1K<n<10K"},
      {100'000, "10K<n<100K"},
      {1'000'000, "100K<n<1M"},
      {10'000'000, "1M<n<10M"},
      {100'000'000, "10M<n<100M"},
      {1'000'000'000, "100M<n<1B"}};
  for (const auto& [most, name] : table) {
    if (rows < most) return name;
  }
  return "n>1B";
}

std::string header(const config& run, const std::vector<card_file>& files,
                   const fs::path& directory) {
  std::uint64_t most = 0;
  for (const card_file& file : files) most = std::max(most, file.rows);
  std::string out = fmt::format(
      "{}\npretty_name: {}\nannotations_creators:\n- machine-generated\n"
      "language_creators:\n- machine-generated\nsize_categories:\n- {}\ntags:\n- synthetic\n"
      "- retort\n",
      card_head, yaml_text(run.run), size_category(most));
  if (directory != fs::absolute(run.run_dir).lexically_normal()) {
    out += "# The paths below are in " + yaml_text(directory.string()) +
           ": this file belongs there.\n";
  }
  for (const card_file& file : files) {
    if (is_loadable(files, file)) continue;
    out +=
        fmt::format("# Not below: {}, {}.\n", yaml_text(path_in(directory, file)),
                    is_a_pattern(file) ? "which would be taken for a pattern"
                                       : "since a hub reads files of one kind, that of the first");
  }
  const auto tables = tables_of(files);
  if (!tables.empty()) out += "configs:\n";
  for (const card_table& table : tables) {
    out += fmt::format("- config_name: {}\n  data_files:\n", yaml_text(table.name));
    for (const card_file* file : table.files) {
      out += fmt::format("  - split: {}\n    path: {}\n", split_of(*file->what),
                         yaml_text(path_in(directory, *file)));
    }
  }
  return out + "---\n";
}

std::string date(std::int64_t ms) {
  return fmt::format("{:%Y-%m-%d %H:%M} UTC", fmt::gmtime(static_cast<std::time_t>(ms / 1000)));
}

std::string names(const ledger_account::by_name& of) {
  std::string out;
  for (const auto& [name, answers] : of) out += (out.empty() ? "" : ", ") + cell(name);
  return out.empty() ? "not told" : out;
}

std::string usd_text(std::optional<double> usd) {
  return usd ? fmt::format("{:.4f}", *usd) : "not known";
}

std::string about_files(const std::vector<card_file>& files, const fs::path& directory) {
  std::string out = "| file | format | split | rows |\n|---|---|---|---|\n";
  for (const card_file& file : files) {
    out += fmt::format("| {} | {} | {} | {} |\n", cell(path_in(directory, file)),
                       cell(file.what->format), split_of(*file.what), file.rows);
  }
  return out;
}

std::string about_models(const run_facts& of) {
  std::string out =
      "| asked | by | as served | service tier | tokens in | of them cached | tokens out | USD |\n"
      "|---|---|---|---|---|---|---|---|\n";
  const auto row = [&](const auto& who, std::string_view served, std::string_view tiers,
                       const usage_sum& used) {
    out += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} |\n", cell(who.model),
                       cell(who.provider), served, tiers, used.input, used.cached, used.output,
                       usd_text(usd_of(used, who.costs)));
  };
  for (const variant_facts& one : of.variants) {
    row(one, names(one.asked.models), names(one.asked.service_tiers), one.asked.used);
  }
  for (const judge_facts& one : of.judges) {
    row(one, "as judge " + cell(one.name), "", one.used);
  }
  return out;
}

std::string about_choice(const run_facts& of) {
  std::string out =
      fmt::format("{} samples were accepted, {} rejected", of.accepted, of.rejected.all());
  for (const char* between = " ("; const reject_reason why : all_reject_reasons) {
    if (of.rejected[why] == 0) continue;
    out += fmt::format("{}{} {}", between, cell(name(why)), of.rejected[why]);
    between = ", ";
  }
  if (of.rejected.all() > 0) out += ")";
  if (of.handed_on) out += fmt::format(", {} handed on to the next step", of.handed_on);
  out += fmt::format(", {} failed.", of.failed);
  const auto usd = of.usd();
  if (usd && of.accepted > 0) {
    out += fmt::format(" All of it cost {} USD, {:.6f} USD for each accepted one.", usd_text(usd),
                       *usd / static_cast<double>(of.accepted));
  }
  const double besides = usd_besides(of, of).value_or(0);
  if (besides >= 0.00005) {
    out += fmt::format(
        " {} USD of that are beside the models' tokens above: attempts that gave no answer, "
        "verdicts that were made anew, or another price at the time.",
        usd_text(besides));
  } else if (besides <= -0.00005) {
    out += fmt::format(" By today's prices the models' tokens above come to {} USD more.",
                       usd_text(-besides));
  }
  return out + "\n";
}

// A fence is longer than any in it.
std::string about_config(const run_facts& of) {
  std::string lines;
  for (const auto& [path, value] : of.config) {
    lines += path + ": ";
    io::append_json_string(lines, value);
    lines += '\n';
  }
  std::string fence = "```";
  while (lines.find(fence) != std::string::npos) fence += '`';
  return fence + "yaml\n" + lines + fence + "\n";
}

}  // namespace

std::string dataset_card(const config& run, const run_facts& facts,
                         const std::vector<written_view>& written) {
  const auto files = files_of(run, written);
  const fs::path directory = common_directory(run, files);
  std::string out = header(run, files, directory);
  out += fmt::format(
      "\n# {}\n\nMade by language models with retort {} from {} to {}; the models' terms of use "
      "apply to it.\n\n",
      cell(run.run), facts.version, date(facts.first_began_ms), date(facts.ended_ms));
  out += about_files(files, directory) + "\n## Models\n\n" + about_models(facts);
  out += "\n## Which samples are in it\n\n" + about_choice(facts);
  out += fmt::format("\n## What was asked\n\nThe config, by its hash {}", facts.config_hash);
  if (facts.records && facts.dataset_fingerprint) {
    out += fmt::format(", over {} records, whose fingerprint is {:016x}", *facts.records,
                       *facts.dataset_fingerprint);
  }
  return out + ":\n\n" + about_config(facts);
}

result<void> replace_card(const std::string& path, const std::string& text,
                          const std::function<void(std::string&)>& mask) {
  const auto there = io::is_there(path);
  if (!there) return there.error();
  if (*there) {
    const auto before = io::read_file(path);
    if (!before) return before.error();
    if (!is_untouched(*before)) return {};
  }
  std::string below = text.substr(card_head.size());
  if (mask) mask(below);
  const std::string seal = seal_of(std::string(card_head) + below);
  return io::replace_file(
      path, std::string(card_head.substr(0, card_head.size() - no_seal.size())) + seal + below);
}

}  // namespace retort::engine

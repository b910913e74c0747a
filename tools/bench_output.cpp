#include "tools/bench_output.hpp"

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "engine/bench/bench_json.hpp"
#include "engine/bench/request_lines.hpp"
#include "io/base/console.hpp"
#include "io/file/replacement.hpp"
#include "tools/bench_table.hpp"

namespace retort::tools {
namespace {

namespace fs = std::filesystem;

bool are_same(const std::string& one, const std::string& other) {
  std::error_code ignored;
  const auto whole_path = [&](const std::string& path) {
    return fs::weakly_canonical(fs::absolute(path, ignored), ignored);
  };
  return whole_path(one) == whole_path(other);
}

// Of an earlier benchmark, or of nobody: what else is there stays as it is.
result<void> check_place(const std::string& path, std::string_view beginning) {
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored)) return {};
  std::string begin(beginning.size(), '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  begin.resize(static_cast<std::size_t>(file.gcount()));
  if (begin.empty() || begin == beginning) return {};
  return error{errc::usage, path +
                                ": holds something that is not of retort bench, which would be "
                                "lost; expected another name"};
}

result<void> print(const std::string& lines) {
  io::print_lines(stdout, lines);
  if (std::ferror(stdout) == 0) return {};
  return error{errc::unwritable, "standard output cannot be written"};
}

// Whole, or not at all: on a full disk nothing of it stays.
result<void> put(const std::string& path, const std::string& json) {
  auto place = io::replacement::begin(path);
  if (!place) return place.error();
  const auto written = place->content().write(json, 0);
  return written.problem ? *written.problem : place->take_over();
}

}  // namespace

result<void> make_place(const bench_flags& flags) {
  const std::string& json = flags.json;
  const bool has_json = !json.empty() && json != "-";
  if (!flags.requests_csv.empty()) {
    if (has_json && are_same(json, flags.requests_csv)) {
      return error{errc::usage, json + ": is both --json and --requests-csv; expected two files"};
    }
    if (auto fit = check_place(flags.requests_csv, engine::request_head_begin); !fit) return fit;
  }
  if (!has_json) return {};
  std::error_code ec;
  if (fs::exists(json, ec) && !fs::is_regular_file(json, ec)) {
    return error{errc::usage, json + ": is no file; expected one, or - for standard output"};
  }
  if (auto fit = check_place(json, engine::bench_json_begin); !fit) return fit;
  const auto place = io::replacement::begin(json);
  if (!place) return place.error();
  ec.clear();
  fs::remove(json, ec);
  if (ec) return error{errc::unwritable, json + ": " + ec.message()};
  return {};
}

result<void> write(const bench_flags& flags, const engine::bench_result& result,
                   const engine::bench_options& options) {
  if (flags.json != "-") {
    if (auto printed = print(bench_table(result, options)); !printed) return printed;
  }
  if (flags.json.empty()) return {};
  const std::string json = bench_json(result, options);
  return flags.json == "-" ? print(json) : put(flags.json, json);
}

}  // namespace retort::tools

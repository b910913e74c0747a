#include "tools/bench_output.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <utility>

#include "engine/bench/bench_json.hpp"
#include "engine/bench/request_lines.hpp"
#include "engine/bench_page/bench_page.hpp"
#include "io/base/console.hpp"
#include "io/file/file.hpp"
#include "io/file/presence.hpp"
#include "io/file/replacement.hpp"
#include "tools/bench_table.hpp"
#include "tools/run_command.hpp"

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
  const auto there = io::look_for(path);
  if (!there) return there.error();
  if (!*there || !S_ISREG((*there)->st_mode)) return {};
  const auto file = io::file::open(path, O_RDONLY);
  if (!file) return file.error();
  std::string begin(beginning.size(), '\0');
  const auto read = (*file)->read(begin.data(), begin.size(), 0);
  if (!read) return read.error();
  begin.resize(*read);
  if (begin.empty() || begin == beginning) return {};
  return error{errc::usage, path +
                                ": holds something that is not of retort bench, which would be "
                                "lost; expected another name"};
}

// Whole, or not at all: on a full disk nothing of it stays.
result<void> put(const std::string& path, const std::string& json) {
  auto place = io::replacement::begin(path);
  if (!place) return place.error();
  const auto written = place->content().write(json, 0);
  return written.problem ? *written.problem : place->take_over();
}

// A page of an earlier benchmark stays until this one's takes its place: it says what it is of.
result<void> check_report(const bench_flags& flags) {
  if (flags.report.empty()) return {};
  for (const std::string* other : {&flags.json, &flags.requests_csv}) {
    if (other->empty() || !are_same(*other, flags.report)) continue;
    return error{errc::usage,
                 flags.report + ": is --report and another output, too; expected two files"};
  }
  std::error_code ec;
  if (fs::exists(flags.report, ec) && !fs::is_regular_file(flags.report, ec)) {
    return error{errc::usage, flags.report + ": is no file; expected one"};
  }
  if (auto fit = check_place(flags.report, engine::bench_page_mark); !fit) return fit;
  const auto place = io::replacement::begin(flags.report);
  return place ? retort::result<void>() : place.error();
}

// Lines of requests on the way would wait for whoever reads them; a page is for a browser.
result<void> check_names(const bench_flags& flags) {
  for (const auto& [flag, path] :
       {std::pair("--requests-csv", &flags.requests_csv), std::pair("--report", &flags.report)}) {
    if (*path != "-") continue;
    return error{errc::usage,
                 fmt::format("{} -: standard output is for --json alone; expected a file", flag)};
  }
  return {};
}

}  // namespace

result<void> make_place(const bench_flags& flags) {
  if (auto fit = check_names(flags); !fit) return fit;
  const std::string& json = flags.json;
  const bool has_json = !json.empty() && json != "-";
  if (!flags.requests_csv.empty()) {
    if (has_json && are_same(json, flags.requests_csv)) {
      return error{errc::usage, json + ": is both --json and --requests-csv; expected two files"};
    }
    if (auto fit = check_place(flags.requests_csv, engine::request_head_begin); !fit) return fit;
  }
  if (auto fit = check_report(flags); !fit) return fit;
  return make_json_place(json, engine::bench_json_begin);
}

result<void> make_json_place(const std::string& json, std::string_view begin) {
  if (json.empty() || json == "-") return {};
  std::error_code ec;
  if (fs::exists(json, ec) && !fs::is_regular_file(json, ec)) {
    return error{errc::usage, json + ": is no file; expected one, or - for standard output"};
  }
  if (auto fit = check_place(json, begin); !fit) return fit;
  const auto place = io::replacement::begin(json);
  if (!place) return place.error();
  ec.clear();
  fs::remove(json, ec);
  if (ec) return error{errc::unwritable, json + ": " + ec.message()};
  return {};
}

result<void> write(const bench_flags& flags, const engine::bench_result& result,
                   const engine::bench_options& options) {
  // Where one of them fails (a closed terminal, a full disk) the others are there.
  retort::result<void> all;
  const auto add = [&](const retort::result<void>& one) {
    if (all) all = one;
  };
  if (flags.json != "-") add(print_out(bench_table(result, options)));
  if (!flags.report.empty()) add(put(flags.report, bench_page(result, options)));
  if (!flags.json.empty()) add(put_json(flags.json, bench_json(result, options)));
  return all;
}

result<void> put_json(const std::string& path, const std::string& json) {
  return path == "-" ? print_out(json) : put(path, json);
}

result<void> print_out(const std::string& lines) {
  io::print_lines(stdout, lines);
  if (std::ferror(stdout) == 0) return {};
  return error{errc::unwritable, "standard output cannot be written"};
}

int refuse_output(const error& why) {
  refuse(why);
  return static_cast<int>(engine::bench_status::bad_input);
}

}  // namespace retort::tools

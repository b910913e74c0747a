#include "engine/contrast/result_file.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "engine/contrast/readers.hpp"

namespace retort::engine {
namespace {

// One of millions of requests with every gap, as vLLM's --save-detailed writes it, is beneath.
constexpr std::uintmax_t most_bytes = std::uintmax_t{4} << 30;

struct known_tool {
  const char* name;
  std::initializer_list<std::string_view> mark;     // a member that only its files have
  std::initializer_list<std::string_view> version;  // empty: it is not told
  std::vector<measured_load> (*read)(json_element);
};

const known_tool known_tools[] = {
    {"retort", {"trials"}, {"retort"}, read_retort},
    {"aiperf", {"aiperf_version"}, {"aiperf_version"}, read_aiperf},
    {"guidellm", {"benchmarks"}, {"metadata", "guidellm_version"}, read_guidellm},
    {"vLLM", {"request_throughput"}, {}, read_vllm},
    {"MLPerf Endpoints", {"n_samples_completed"}, {"version"}, read_mlperf}};

error bad_file(const std::string& path, const std::string& why) {
  return {errc::usage, path + ": " + why};
}

result<std::uintmax_t> size_of(const std::string& path) {
  std::error_code ec;
  if (!std::filesystem::is_regular_file(path, ec)) {
    return ec ? error{errc::unreadable, path + ": " + ec.message()}
              : bad_file(path, "is no file; expected the JSON of a benchmark");
  }
  const auto size = std::filesystem::file_size(path, ec);
  if (ec) return error{errc::unreadable, path + ": " + ec.message()};
  if (size > most_bytes) return bad_file(path, "is over 4 GiB");
  return size;
}

// aiperf has its requests in a file beside: NAME.jsonl of NAME_aiperf.json.
void take_file_beside(benchmark_file& of) {
  constexpr std::string_view ending = "_aiperf.json";
  if (!of.path.ends_with(ending)) return;
  std::ifstream lines(of.path.substr(0, of.path.size() - ending.size()) + ".jsonl");
  for (measured_load& one : of.loads) add_aiperf_requests(one, lines);
}

// What a later version means by its members is not known.
bool is_of_later(json_element whole) {
  return number_of(whole, {"version"}).value_or(bench_schema_version) > bench_schema_version;
}

result<benchmark_file> measured(benchmark_file of) {
  std::erase_if(of.loads, [](const measured_load& one) { return one.values.empty(); });
  if (of.loads.empty()) return bad_file(of.path, "nothing was measured in this benchmark");
  return of;
}

result<benchmark_file> file_of(const std::string& path, json_element whole) {
  for (const known_tool& tool : known_tools) {
    if (!below(whole, tool.mark)) continue;
    if (tool.read == read_retort && is_of_later(whole)) {
      return bad_file(path, fmt::format("is of a later retort bench: version {:g}; expected {}",
                                        *number_of(whole, {"version"}), bench_schema_version));
    }
    benchmark_file out{path, tool.name, tool.read(whole)};
    const std::string version = tool.version.size() > 0 ? text_below(whole, tool.version) : "";
    if (!version.empty()) out.tool += " " + version;
    if (tool.read == read_aiperf) take_file_beside(out);
    return measured(std::move(out));
  }
  return bad_file(
      path,
      "is no benchmark's JSON that is known; expected that of retort bench --json (or its "
      "--requests-csv), "
      "aiperf (profile_export_aiperf.json), guidellm (benchmarks.json), vllm bench "
      "serve --save-result or MLPerf Endpoints (result_summary.json)");
}

// How each version of it begins.
constexpr std::string_view requests_mark = "endpoint,model,";

// Nothing where the file is no CSV of ours.
std::optional<result<benchmark_file>> requests_in(const std::string& path) {
  std::ifstream lines(path, std::ios::binary);
  std::string begin(requests_mark.size(), '\0');
  lines.read(begin.data(), static_cast<std::streamsize>(begin.size()));
  if (!lines || begin != requests_mark) return std::nullopt;
  lines.seekg(0);
  return measured({path, "retort requests", read_retort_requests(lines)});
}

}  // namespace

result<benchmark_file> read_result_file(const std::string& path) {
  if (const auto size = size_of(path); !size) return size.error();
  if (auto requests = requests_in(path)) return std::move(*requests);
  simdjson::dom::parser parser(most_bytes);
  simdjson::dom::element whole;
  if (const auto problem = parser.load(path).get(whole)) {
    if (problem == simdjson::IO_ERROR) return error{errc::unreadable, path + ": cannot be read"};
    return bad_file(path, fmt::format("is no JSON: {}", simdjson::error_message(problem)));
  }
  return file_of(path, whole);
}

}  // namespace retort::engine

#include "engine/formats/formats.hpp"

#include <algorithm>
#include <filesystem>

#include "engine/formats/csv.hpp"
#include "engine/formats/prompt_completion.hpp"
#include "engine/formats/rejected.hpp"

namespace retort::engine {
namespace {

// A format: one line here, and its name in config_keys.cpp.
constexpr format formats[] = {
    {"prompt_completion", ".jsonl", make_prompt_completion},
    {"csv", ".csv", make_csv},
};

std::string training_path(const config& run, const format& of) {
  if (!run.output.path.empty()) return run.output.path;
  return run.run_dir + "/finetuning_data" + std::string(of.ending);
}

// Beside the training file, or where that would be if it went to no file.
std::string rejected_path(const config& run, const std::string& training) {
  const bool poured = training == standard_output;
  std::filesystem::path beside = poured ? run.run_dir + "/finetuning_data" : training;
  return beside.replace_extension(".rejected.jsonl").string();
}

}  // namespace

const format* find_format(std::string_view name) {
  const auto found = std::ranges::find(formats, name, &format::name);
  return found == std::end(formats) ? nullptr : found;
}

view_list views_of(const config& run) {
  const format& of = *find_format(run.output.format);  // the key table knows no other
  const std::string path = training_path(run, of);
  view_list views;
  views.push_back(of.make(run, path));
  if (run.output.rejected) views.push_back(make_rejected(run, rejected_path(run, path)));
  return views;
}

}  // namespace retort::engine

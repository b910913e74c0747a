#include "tools/mock/batches/batch_input.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <unordered_set>

namespace retort::mock {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t most_problems = 100;

class input_checker {
 public:
  explicit input_checker(std::string_view endpoint) : endpoint_(endpoint) {}

  void add(std::string_view text) {
    ++line_;
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) return;
    dom::element row;
    if (parser_.parse(text.data(), text.size()).get(row) || !row.is_object()) {
      return complain("invalid_json_line", "This line is not parseable as valid JSON.", "");
    }
    check(row);
  }

  bool gave_up() const { return made_.problems.size() >= most_problems; }

  checked_input finish(std::uint64_t most) {
    line_ = 0;
    const std::size_t lines = made_.lines.size();
    if (lines > most) {
      complain("too_many_tasks", fmt::format("{} requests are more than {}.", lines, most), "");
    }
    if (lines == 0 && made_.problems.empty()) {
      complain("empty_file", "The input file has no requests.", "");
    }
    return std::move(made_);
  }

 private:
  void check(dom::element row) {
    std::string_view id, method, url;
    dom::object body;
    if (row["custom_id"].get(id) || id.empty()) return missing("custom_id");
    if (row["method"].get(method)) return missing("method");
    if (row["url"].get(url)) return missing("url");
    if (row["body"].get(body)) return missing("body");
    if (method != "POST") {
      return complain("invalid_method", "The method of this line is not POST.", "method");
    }
    if (url != endpoint_) {
      return complain("mismatched_url",
                      fmt::format("The URL of this line is not that of the batch, {}.", endpoint_),
                      "url");
    }
    if (!is_of_the_model(body)) return;
    if (!ids_.emplace(id).second) {
      return complain("duplicate_custom_id",
                      fmt::format("The custom_id '{}' is used more than once.", id), "custom_id");
    }
    made_.lines.push_back({std::string(id), simdjson::minify(body)});
  }

  // All lines are for the model of the first.
  bool is_of_the_model(dom::object body) {
    std::string_view model;
    if (body["model"].get(model)) return missing("body.model"), false;
    if (model_.empty()) model_ = model;
    if (model != model_) {
      complain("mismatched_model",
               fmt::format("The model of this line is not that of the first, {}.", model_),
               "body.model");
    }
    return model == model_;
  }

  void missing(std::string_view what) {
    complain("missing_required_parameter",
             fmt::format("This line has no {} of the right type.", what), what);
  }

  void complain(std::string_view code, std::string message, std::string_view param) {
    made_.problems.push_back({code, std::move(message), param, line_});
  }

  std::string endpoint_, model_;
  std::uint64_t line_ = 0;
  dom::parser parser_;
  std::unordered_set<std::string> ids_;
  checked_input made_;
};

}  // namespace

checked_input check_input(std::string_view content, std::string_view endpoint, std::uint64_t most) {
  if (content.size() > max_input_bytes) {
    return {{}, {{"file_too_large", "The input file is larger than 200 MB.", "", 0}}};
  }
  input_checker checker(endpoint);
  while (!content.empty() && !checker.gave_up()) {
    const std::string_view line = content.substr(0, content.find('\n'));
    checker.add(line);
    content.remove_prefix(std::min(content.size(), line.size() + 1));
  }
  return checker.finish(most);
}

}  // namespace retort::mock

#include "engine/evaluators/scores.hpp"

#include <fmt/format.h>
#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>

#include "engine/answers/answer_text.hpp"
#include "engine/answers/json_answer.hpp"
#include "engine/number/json_scalar.hpp"
#include "engine/text/shown_text.hpp"
#include "engine/text/text.hpp"
#include "io/dataset/dataset.hpp"

namespace retort::engine {
namespace {

// 16 bytes a row: nothing of an id but its hash, of which two in a billion rows agree with a
// probability of 3 %.
struct row_score {
  std::uint64_t id;
  double score;  // NaN: the row says null; `unread`: a reply that says none
};

constexpr double unread = -1;

using score_table = std::vector<row_score>;

std::uint64_t hash_of(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }

// {"custom_id", "response": null, "error": {...}}
bool fails(std::string_view row) {
  static const std::vector<std::string> why = {"error", "code"}, said = {"error", "message"};
  return find_json_scalar(row, why).text || find_json_scalar(row, said).text;
}

std::optional<double> read_score(const std::string& text) {
  if (text == "true" || text == "false") return text == "true" ? 1 : 0;
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failed] = std::from_chars(text.data(), end, value);
  if (failed != std::errc() || stop != end || !(value >= 0 && value <= 1)) return std::nullopt;
  return value;
}

// Results as OpenAI's batch API writes them, of a run that judged: by custom_id what a model said,
// which is the score or an object that has it. A request that failed, and a reply that says none,
// leave theirs unscored: nobody can mend a model's reply.
bool is_batch_result(std::string_view row) {
  static const std::vector<std::string> name = {"custom_id"};
  static const std::vector<std::string> status = {"response", "status_code"};
  return find_json_scalar(row, name).text && (find_json_scalar(row, status).text || fails(row));
}

std::optional<double> score_said(std::string_view row, const std::vector<std::string>& field) {
  static const std::vector<std::string> content = {"response", "body",    "choices",
                                                   "0",        "message", "content"};
  const auto reply = find_json_scalar(row, content);
  if (!reply.text) return std::nullopt;
  const auto member = find_json_answer(*reply.text, field);
  return read_score(member.text ? *member.text : std::string(trim(answer_part(*reply.text))));
}

class score_file {
 public:
  explicit score_file(const evaluator_config& config)
      : path_(config.text("path").value_or("")),
        id_{config.text("id").value_or("id")},
        field_{config.text("field").value_or("score")} {}

  result<score_table> read() {
    auto opened = io::dataset_reader::open({path_});
    if (!opened) return wrong(opened.error().message);
    for (;;) {
      auto row = opened->next();
      if (!row) return wrong(row.error().message);
      if (!*row) break;
      auto taken = take(**row);
      if (!taken)
        return wrong(fmt::format("{}:{}: {}", path_, (*row)->line, taken.error().message));
    }
    auto sorted = sort();
    if (!sorted) return sorted.error();
    return std::move(table_);
  }
  std::uint64_t content() const { return content_; }

 private:
  static error wrong(const std::string& why) { return {errc::usage, "path: " + why}; }

  result<void> take(const io::row& row) {
    if (!row.problem.empty()) return error{errc::usage, row.problem};
    if (is_batch_result(row.text)) return take_result(row.text);
    const auto id = find_json_scalar(row.text, id_);
    if (!id.text) return error{errc::usage, fmt::format("{}: {}", id_[0], id.problem)};
    const auto said = find_json_scalar(row.text, field_);
    if (!said.text && !is_null(said)) {
      return error{errc::usage, fmt::format("{}: {}", field_[0], said.problem)};
    }
    const auto score = said.text ? read_score(*said.text) : std::nan("");
    if (!score) {
      return error{errc::usage, fmt::format("{} is {}; expected a number from 0 to 1", field_[0],
                                            shown(excerpt(*said.text)))};
    }
    note(*id.text, *score, said.text.value_or(""));
    return {};
  }
  result<void> take_result(std::string_view row) {
    const std::string id = *find_json_scalar(row, custom_id_).text;
    const auto score = score_said(row, field_);
    note(id, score.value_or(unread), score ? fmt::format("{}", *score) : "");
    return {};
  }
  void note(const std::string& id, double score, const std::string& as_text) {
    table_.push_back({hash_of(id), score});
    content_ = content_ * 31 + (hash_of(id) ^ hash_of(as_text));
  }
  static bool is_null(const json_scalar& said) {
    return said.problem.find("null") != std::string::npos;
  }

  result<void> sort() {
    std::ranges::sort(table_, {}, &row_score::id);
    const auto twice = std::ranges::adjacent_find(table_, {}, &row_score::id);
    if (twice == table_.end()) return {};
    return wrong(fmt::format("{}: gives one {} a score twice", path_, id_[0]));
  }

  std::string path_;
  std::vector<std::string> id_, field_;
  std::vector<std::string> custom_id_ = {"custom_id"};
  score_table table_;
  std::uint64_t content_ = 0;
};

judgement look_up(const std::shared_ptr<const score_table>& table, const candidate& what) {
  const std::uint64_t id = hash_of(what.id);
  const auto found = std::ranges::lower_bound(*table, id, {}, &row_score::id);
  if (found == table->end() || found->id != id) return unscored("no score for this id");
  if (std::isnan(found->score)) return unscored("the score is null");
  if (found->score == unread) return unscored("its reply is no number from 0 to 1");
  return {found->score, ""};
}

result<evaluator> make_scores(const evaluator_config& config) {
  score_file file(config);
  auto table = file.read();
  if (!table) return table.error();
  evaluator made;
  made.evaluate = std::bind_front(look_up, std::make_shared<const score_table>(std::move(*table)));
  made.data = file.content();
  return made;
}

}  // namespace

evaluator_kind scores() {
  using enum shapes;
  return {
      "scores",
      {rows::key(verdicts, "evaluate[].scores.path", value_kind::text, rows::required,
                 "file of rows, as a dataset's, that give records a score from 0 to 1"),
       rows::key(
           verdicts, "evaluate[].scores.id", value_kind::text, "id",
           "their field that is the record's id (dataset.id); of results of OpenAI's batch API, "
           "which are known by their form, custom_id"),
       rows::key(verdicts, "evaluate[].scores.field", value_kind::text, "score",
                 "their field that is its score; null, or no row: unscored; of such results the "
                 "member of what was replied, or the reply itself")},
      make_scores};
}

}  // namespace retort::engine

#include <algorithm>
#include <array>
#include <istream>

#include "engine/contrast/readers.hpp"
#include "io/dataset/csv_splitter.hpp"

namespace retort::engine {
namespace {

// Of a line; none of ours is longer.
constexpr std::size_t most_of_a_line = 1 << 20;

// The lines of a file, one after the other. What follows the last line's end is torn, and none.
class line_reader {
 public:
  explicit line_reader(std::istream& from) : from_(from) {}

  // Valid until the next call; null at the end.
  const io::csv_record* next() {
    while (!splitter_.feed(rest_)) {
      from_.read(block_.data(), static_cast<std::streamsize>(block_.size()));
      rest_ = std::string_view(block_.data(), static_cast<std::size_t>(from_.gcount()));
      if (rest_.empty()) return nullptr;
    }
    return &splitter_.record();
  }

 private:
  std::istream& from_;
  std::string block_ = std::string(1 << 16, '\0');
  std::string_view rest_;
  io::csv_splitter splitter_{most_of_a_line};
};

struct request_columns {
  explicit request_columns(const io::csv_record& head) {
    for (std::size_t i = 0; i < head.size(); ++i) names.emplace_back(head.field(i));
  }
  bool has(std::string_view name) const { return std::ranges::find(names, name) != names.end(); }
  std::string_view in(const io::csv_record& line, std::string_view name) const {
    const auto at = static_cast<std::size_t>(std::ranges::find(names, name) - names.begin());
    return at < line.size() ? line.field(at) : std::string_view();
  }
  std::vector<std::string> names;
};

// The requests of one load, as they come.
struct gathered_load {
  measured_load of;
  std::string trial;  // "" in files before that column
  double good = 0, empty = 0, failed = 0, output = 0, input = 0;
  bool tells_input = true, tells_output = true, tells_ends = true;
  std::optional<double> first, last;  // seconds
  std::map<metric, std::vector<std::pair<double, std::uint64_t>>> values;
};

void take_times(gathered_load& into, const request_columns& columns, const io::csv_record& line) {
  for (std::size_t i = 0; i < std::min(line.size(), columns.names.size()); ++i) {
    const std::string_view name = columns.names[i];
    if (!name.ends_with("_ms")) continue;
    const auto what = find_metric(name.substr(0, name.size() - 3));
    const auto value = number_in(line.field(i));
    if (what && value) into.values[*what].emplace_back(*value, 1);
  }
}

// From the first that was written to the last end, as the tally has it. Files before those columns
// tell the end of an answer alone, and that only where it has content.
void take_span(gathered_load& into, const request_columns& columns, const io::csv_record& line) {
  auto from = number_in(columns.in(line, "from_s")), until = number_in(columns.in(line, "until_s"));
  if (!columns.has("until_s")) {
    from = number_in(columns.in(line, "written_s"));
    const auto e2e = number_in(columns.in(line, "e2e_ms"));
    if (from && e2e) until = *from + *e2e / 1000;
    into.tells_ends &= until.has_value();
  }
  if (!from || !until || *until < *from) return;
  into.first = std::min(into.first.value_or(*from), *from);
  into.last = std::max(into.last.value_or(*until), *until);
}

// What its sender was to give up is neither an answer nor a failure.
bool is_given_up(std::string_view outcome) {
  return outcome == "cancelled" || outcome == "ended_before_cancel" ||
         outcome == "failed_before_cancel";
}

void take_request(gathered_load& into, const request_columns& columns, const io::csv_record& line) {
  take_span(into, columns, line);
  const std::string_view outcome = columns.in(line, "outcome");
  if (is_given_up(outcome)) return;
  if (outcome != "ok") {
    ++into.failed;
    return;
  }
  ++into.good;
  into.empty += columns.in(line, "e2e_ms").empty();  // of any content there is a last
  const auto input = number_in(columns.in(line, "input_tokens"));
  const auto output = number_in(columns.in(line, "output_tokens"));
  into.tells_input &= input.has_value();
  into.tells_output &= output.has_value();
  into.input += input.value_or(0);
  into.output += output.value_or(0);
  take_times(into, columns, line);
}

measured_load finished(gathered_load from) {
  measured_load out = std::move(from.of);
  // Of answers alone, and of those with content.
  if (from.values.contains(metric::e2e)) out.streams = from.values.contains(metric::ttft);
  const double all = from.good + from.failed;
  if (all > 0) out.values["failed"] = from.failed / all;
  if (all > 0) out.values["empty"] = from.empty / std::max(1.0, from.good);
  if (from.good > 0 && from.tells_input) out.input_tokens = from.input / from.good;
  if (from.good > 0 && from.tells_output) out.output_tokens = from.output / from.good;
  const bool is_timed = from.first && from.last && *from.last > *from.first;
  if (is_timed && from.tells_ends) {
    const double seconds = *from.last - *from.first;
    out.values["requests_per_s"] = from.good / seconds;
    if (out.output_tokens) out.values["output_tokens_per_s"] = from.output / seconds;
    if (out.input_tokens) out.values["input_tokens_per_s"] = from.input / seconds;
  }
  for (auto& [what, values] : from.values) add_figures(out, what, spread(std::move(values), 0));
  return out;
}

// Fresh: the first line of a trial is at hand.
gathered_load begun(const request_columns& columns, const io::csv_record& line) {
  gathered_load out;
  out.trial = columns.in(line, "trial");
  out.of.shape = shape_called(columns.in(line, "load"));
  out.of.endpoint = columns.in(line, "endpoint");
  out.of.model = columns.in(line, "model");
  const auto entry = number_in(columns.in(line, "entry"));
  if (entry) out.of.place = static_cast<std::uint64_t>(std::clamp(*entry, 0.0, 1e9));
  return out;
}

}  // namespace

std::vector<measured_load> read_retort_requests(std::istream& lines) {
  line_reader reader(lines);
  const io::csv_record* line = reader.next();
  if (!line) return {};
  const request_columns columns(*line);
  using place = std::array<std::string, 5>;
  std::vector<std::pair<place, gathered_load>> loads;
  while ((line = reader.next()) != nullptr) {
    if (line->size() != columns.names.size()) continue;
    const auto text = [&](std::string_view name) { return std::string(columns.in(*line, name)); };
    // Files before the entry's column tell endpoints by their names alone.
    const place which{text("entry"), text("load"), text("run"), text("endpoint"), text("model")};
    auto found = std::ranges::find(loads, which, &std::pair<place, gathered_load>::first);
    // A search makes a trial that was DEGRADED again: the later one counts, as in the JSON.
    if (found == loads.end()) {
      found = loads.insert(found, {which, begun(columns, *line)});
    } else if (found->second.trial != text("trial")) {
      found->second = begun(columns, *line);
    }
    take_request(found->second, columns, *line);
  }
  std::vector<measured_load> out;
  for (auto& one : loads) out.push_back(finished(std::move(one.second)));
  return out;
}

}  // namespace retort::engine

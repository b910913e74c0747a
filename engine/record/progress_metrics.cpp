#include "engine/record/progress_metrics.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "io/base/one_line.hpp"

namespace retort::engine {
namespace {

class metrics_text {
 public:
  explicit metrics_text(std::string_view run) {
    for (const char c : io::plain_line(run)) {
      if (c == '"' || c == '\\') label_ += '\\';
      label_ += c;
    }
  }

  void family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    out_ += fmt::format("# HELP {0} {2}\n# TYPE {0} {1}\n", name, type, help);
  }
  // `more`: further labels, as ",verdict=\"accepted\"".
  template <class Number>
  void value(Number value, std::string_view more = "") {
    out_ += fmt::format("{}{{run=\"{}\"{}}} {}\n", name_, label_, more, value);
  }
  std::string take() { return std::move(out_); }

 private:
  std::string label_, out_;
  std::string_view name_;
};

void write_samples(const progress_snapshot& at, metrics_text& to) {
  to.family("retort_samples", "gauge", "Samples of the run, earlier processes included.");
  to.value(at.accepted, ",verdict=\"accepted\"");
  to.value(at.rejected, ",verdict=\"rejected\"");
  to.value(at.failed, ",verdict=\"failed\"");
  if (const auto total = at.expected()) {
    to.family("retort_samples_expected", "gauge", "Samples there will be, as far as is known.");
    to.value(*total);
  }
}

void write_work(const progress_snapshot& at, metrics_text& to) {
  const auto one = [&to](std::string_view name, std::string_view type, auto value,
                         std::string_view help) {
    to.family(name, type, help);
    to.value(value);
  };
  one("retort_skipped_rows_total", "counter", at.skipped_rows, "Bad rows of the dataset.");
  one("retort_requests_total", "counter", at.requests, "Requests sent, retries included.");
  one("retort_retries_total", "counter", at.retries, "Requests that were sent again.");
  to.family("retort_tokens_total", "counter", "Tokens, as the provider counts them.");
  to.value(std::max<std::int64_t>(0, at.input_tokens), ",direction=\"input\"");
  to.value(std::max<std::int64_t>(0, at.output_tokens), ",direction=\"output\"");
  one("retort_in_flight", "gauge", at.in_flight, "Requests on their way.");
  one("retort_backing_off", "gauge", at.backing_off, "Samples that wait for their next attempt.");
  if (at.usd) one("retort_usd_total", "counter", *at.usd, "US dollars, by the prices known.");
  if (const auto usd = at.usd_expected()) {
    one("retort_usd_expected", "gauge", *usd, "US dollars at the end, if all costs the same.");
  }
  one("retort_elapsed_seconds", "gauge", at.elapsed.count(), "Since this process began to ask.");
  one("retort_stopping", "gauge", at.stopping ? 1 : 0, "1: waits for what is in flight, to end.");
}

}  // namespace

std::string progress_metrics(const progress_snapshot& at, std::string_view run) {
  metrics_text out(run);
  write_samples(at, out);
  write_work(at, out);
  if (!at.bound_by.empty()) {
    out.family("retort_bound", "gauge", "What holds the run back just now.");
    out.value(1, fmt::format(",by=\"{}\"", at.bound_by));
  }
  return out.take();
}

}  // namespace retort::engine

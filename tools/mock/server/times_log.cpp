#include "tools/mock/server/times_log.hpp"

#include "io/base/json_writer.hpp"

namespace retort::mock {
namespace {

std::int64_t nanoseconds(answer_times::stamp at) {
  return std::chrono::nanoseconds(at.time_since_epoch()).count();
}

}  // namespace

result<times_log> times_log::open(const std::string& path) {
  auto file = io::sink::open(path, 0);
  if (!file) return file.error();
  return times_log(std::move(*file));
}

void times_log::add(const answer_times& of) {
  line_.clear();
  {
    io::json_writer json(line_);
    json.open_object();
    json.member("received_ns", nanoseconds(of.received));
    json.key("sent_ns");
    json.open_array();
    for (const answer_times::stamp at : of.sent) json.value(nanoseconds(at));
    json.close_array();
    json.close_object();
  }
  line_ += '\n';
  // An error is the sink's for good: close() tells it.
  static_cast<void>(file_.append(line_));
}

result<void> times_log::close() { return file_.flush(); }

}  // namespace retort::mock

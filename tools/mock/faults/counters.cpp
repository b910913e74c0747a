#include "tools/mock/faults/counters.hpp"

#include <algorithm>

#include "io/base/json_writer.hpp"

namespace retort::mock {

std::string to_json(const counters& seen) {
  std::string text;
  io::json_writer json(text);
  json.open_object();
  json.member("connections", seen.connections);
  json.member("open_connections", seen.open_connections);
  json.member("handshakes", seen.handshakes);
  json.member("resumed_handshakes", seen.resumed_handshakes);
  json.member("requests", seen.requests);
  json.member("answered", seen.answered);
  json.member("streamed", seen.streamed);
  json.member("repeats", seen.repeats);
  json.member("refused", seen.refused);
  json.member("rate_limited", seen.rate_limited);
  json.member("peak_in_flight", seen.peak_in_flight);
  json.member("queued", seen.queued);
  json.member("peak_queued", seen.peak_queued);
  json.member("prompt_tokens", seen.prompt_tokens);
  json.member("completion_tokens", seen.completion_tokens);
  json.member("bytes_received", seen.bytes_received);
  json.member("bytes_sent", seen.bytes_sent);
  json.member("files", seen.files);
  json.member("batches", seen.batches);
  json.member("batch_lines", seen.batch_lines);
  json.member("batch_answers", seen.batch_answers);
  json.member("batch_doubled", seen.batch_doubled);
  json.key("faults");
  json.open_object();
  for (std::size_t i = 0; i < fault_count; ++i) json.member(fault_names[i], seen.faults[i]);
  json.close_object();
  json.close_object();
  return text;
}

counters tally::snapshot() const {
  const io::lock held(mutex_);
  return seen_;
}

std::uint32_t tally::answers_to(std::uint64_t prompt_hash) const {
  const io::lock held(mutex_);
  const auto found = answers_.find(prompt_hash);
  return found == answers_.end() ? 0 : found->second;
}

void tally::connected() {
  const io::lock held(mutex_);
  ++seen_.connections;
  ++seen_.open_connections;
}

void tally::disconnected() {
  const io::lock held(mutex_);
  --seen_.open_connections;
}

void tally::shook_hands(bool resumed) {
  const io::lock held(mutex_);
  ++seen_.handshakes;
  seen_.resumed_handshakes += resumed ? 1 : 0;
}

void tally::received(std::uint64_t bytes) {
  const io::lock held(mutex_);
  seen_.bytes_received += bytes;
}

void tally::sent(std::uint64_t bytes) {
  const io::lock held(mutex_);
  seen_.bytes_sent += bytes;
}

void tally::refused() {
  const io::lock held(mutex_);
  ++seen_.refused;
}

void tally::rate_limited() {
  const io::lock held(mutex_);
  ++seen_.rate_limited;
}

void tally::joined_queue() {
  const io::lock held(mutex_);
  seen_.peak_queued = std::max(seen_.peak_queued, ++seen_.queued);
}

void tally::left_queue() {
  const io::lock held(mutex_);
  --seen_.queued;
}

void tally::admitted(fault f, std::uint64_t prompt_tokens) {
  const io::lock held(mutex_);
  seen_.prompt_tokens += prompt_tokens;
  if (f != fault::none) ++seen_.faults[static_cast<std::size_t>(f)];
}

void tally::answered(std::uint64_t prompt_hash, std::uint64_t completion_tokens, bool streamed) {
  const io::lock held(mutex_);
  seen_.completion_tokens += completion_tokens;
  ++seen_.answered;
  seen_.streamed += streamed ? 1 : 0;
  if (++answers_[prompt_hash] > 1) ++seen_.repeats;
}

void tally::take_back(std::uint64_t prompt_hash, bool streamed) {
  const io::lock held(mutex_);
  --seen_.answered;
  seen_.streamed -= streamed ? 1 : 0;
  if (--answers_[prompt_hash] > 0) --seen_.repeats;
}

void tally::uploaded() {
  const io::lock held(mutex_);
  ++seen_.files;
}

void tally::batch_created(std::uint64_t lines) {
  const io::lock held(mutex_);
  ++seen_.batches;
  seen_.batch_lines += lines;
}

void tally::batch_ended(std::span<const std::uint64_t> bodies) {
  const io::lock held(mutex_);
  seen_.batch_answers += bodies.size();
  // Before they are added: a body that one batch holds several times is no double.
  for (const std::uint64_t body : bodies) seen_.batch_doubled += batch_answers_.count(body);
  batch_answers_.insert(bodies.begin(), bodies.end());
}

void tally::began() {
  const io::lock held(mutex_);
  ++seen_.requests;
  seen_.peak_in_flight = std::max(seen_.peak_in_flight, ++in_flight_);
}

void tally::ended() {
  const io::lock held(mutex_);
  --in_flight_;
}

}  // namespace retort::mock

// A streamed answer between the wire and the dialect's reader, with the times of what came. One
// request's; the engine's thread.
#pragma once

#include <memory>
#include <string_view>

#include "io/http/http_message.hpp"
#include "io/http/http_parser.hpp"
#include "providers/stream/stream_reader.hpp"

namespace retort::engine {

class streamed_answer final : public io::body_sink {
 public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit streamed_answer(std::unique_ptr<providers::stream_reader> reader)
      : reader_(std::move(reader)) {}

  result<void> take(std::string_view bytes, time_point at) override {
    received_ += bytes.size();
    if (received_ > io::max_response_body) {
      return error{errc::protocol, "the response is too large: over 32 MB of events"};
    }
    const auto before = reader_->pieces();
    reader_->feed(bytes);
    if (reader_->pieces() == before) return {};
    if (before == 0) first_token = at;
    last_token = at;
    return {};
  }

  std::uint64_t pieces() const { return reader_->pieces(); }
  bool is_visible() const { return reader_->is_visible(); }
  bool ended() const override { return reader_->ended(); }
  bool whole() const override { return reader_->whole(); }

  // Of a 2xx; other responses have their bodies themselves.
  providers::outcome finish(const io::http_response& head,
                            std::chrono::system_clock::time_point now) {
    return reader_->finish(head, now);
  }

  time_point first_token, last_token;  // the epoch where none came

 private:
  std::unique_ptr<providers::stream_reader> reader_;
  std::size_t received_ = 0;
};

}  // namespace retort::engine

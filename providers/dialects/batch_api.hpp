// The sans-I/O half of a provider's batch API: many requests go up together, are answered within a
// day at half the price, and their answers come down as lines in any order. What a request and an
// answer look like is the dialect's affair. Stateless: one instance serves all threads.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/http/http_message.hpp"
#include "providers/body/types.hpp"

namespace retort::providers {

// What one batch may hold.
struct batch_limits {
  std::size_t requests;
  std::size_t bytes;  // of the upload
};

struct api_request {
  std::string method;
  std::string target;        // behind base_url's path
  std::string content_type;  // "" without a body
  std::string body;
};

inline api_request get_request(std::string target) { return {"GET", std::move(target), {}, {}}; }

struct batch_status {
  enum class phase {
    under_way,
    ended,    // there may be results, though not of every request
    refused,  // as a whole: `why`
  };
  phase now = phase::under_way;
  bool cancelled = false;  // by somebody: what it did not answer was not wanted
  std::string id;
  std::string tag;             // that it was created with, where the API keeps it; else ""
  std::int64_t requests = -1;  // how many it holds; -1: not told
  std::chrono::system_clock::time_point created;
  std::vector<std::string> results;  // for get_request(), once it has ended
  std::optional<failure> why;
};

struct batch_page {
  std::vector<batch_status> batches;  // newest first
  std::string next;                   // target of the next page; "" behind the last
};

// The answer to one request of a batch.
struct batch_answer {
  std::string custom_id;
  outcome what;
};

template <class T>
using reply = boost::system::result<T, failure>;

class batch_api {
 public:
  virtual ~batch_api() = default;

  virtual batch_limits limits() const = 0;

  // A batch's requests, in one text: what begins it, each request, and what ends it. `tag`
  // (letters, digits, at most 32) names the batch; `custom_id` (letters, digits and "-", at most
  // 64) a request of it; `body` is the dialect's.
  virtual void begin(std::string_view tag, std::string& out) const = 0;
  virtual void append(std::string_view custom_id, std::string_view body,
                      std::string& out) const = 0;
  virtual void end(std::string_view tag, std::string& out) const = 0;

  // The requests go up first, and the batch is created of the id that this brings (OpenAI); else it
  // is created of the requests themselves.
  virtual bool uploads() const = 0;
  virtual api_request upload(std::string_view tag, std::string requests) const = 0;
  virtual reply<std::string> read_upload(const io::http_response& response) const = 0;

  // A batch's tag comes back with its status; else only its answers tell whose it is.
  virtual bool keeps_tags() const = 0;
  virtual api_request create(std::string_view tag, std::string requests_or_id) const = 0;
  virtual api_request status(std::string_view id) const = 0;
  // Of create() and of status().
  virtual reply<batch_status> read_status(const io::http_response& response) const = 0;

  // All batches of the key's owner; `page` is "" or a batch_page's next.
  virtual api_request list(std::string_view page) const = 0;
  virtual reply<batch_page> read_list(const io::http_response& response) const = 0;

  // One line of the results. An answer that the dialect does not allow is a failed one;
  // errc::mismatch for a line that names no request.
  virtual result<batch_answer> read_answer(std::string_view line) const = 0;
};

}  // namespace retort::providers

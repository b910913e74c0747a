// The files that OpenAI's batches are fed from and write to, in memory, with their API:
// platform.openai.com/docs/api-reference/files. One thread.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "tools/mock/batches/batch.hpp"
#include "tools/mock/batches/batch_route.hpp"
#include "tools/mock/dialects/request.hpp"

namespace retort::mock {

struct stored_file {
  std::string id, filename, purpose, content;
  batch_time created;
};

class batch_files {
 public:
  explicit batch_files(tally& counted) : counted_(&counted) {}

  batch_reply serve(const request& asked, const batch_route& route, batch_time now);

  const stored_file& add(std::string filename, std::string purpose, std::string content,
                         batch_time now);
  const stored_file* find(std::string_view id) const;  // null: there is none

 private:
  batch_reply upload(const request& asked, batch_time now);

  tally* counted_;
  std::map<std::string, stored_file, std::less<>> files_;
};

// Seconds since 1970, as OpenAI writes times.
std::int64_t unix_seconds(batch_time when);

// OpenAI's error, with the type "invalid_request_error".
batch_reply refuse_openai(int status, std::string message, std::string_view param = "",
                          std::string_view code = "");

}  // namespace retort::mock

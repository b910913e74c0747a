// A dialect's two sides without a wire between them: the client's writes the request, the mock's
// answers it, and the client's reads what came. One thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "io/http/http_message.hpp"
#include "providers/stream/dialect.hpp"
#include "tools/mock/server/service.hpp"

namespace retort::test {

class both_sides {
 public:
  explicit both_sides(const mock::options& chosen = {});

  // With the model "m" and the key "sesame".
  providers::outcome ask(std::string_view provider, std::string_view prompt,
                         const providers::sampling& asked = {},
                         providers::delivery how = providers::delivery::whole);
  providers::outcome stream(std::string_view provider, std::string_view prompt,
                            const providers::sampling& asked = {});

  // A body of one's own, with header lines each ended by CRLF: the status. `response` is the rest.
  int post(std::string_view target, std::string_view body, std::string_view headers = "");

  // Of the last response: as it was on the wire; as a client's HTTP reads it.
  std::string wire;
  io::http_response response;
  std::size_t writes = 0;
  std::uint64_t pieces = 0;  // of the last stream

  mock::tally tally;
  mock::quotas::time_point now{std::chrono::hours(1000)};

 private:
  std::unique_ptr<mock::service> service_;
};

}  // namespace retort::test

// Anthropic's Message Batches API as a server speaks it:
// docs.claude.com/en/api/creating-message-batches. Time comes as an argument. One thread.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

#include "tools/mock/batches/batch.hpp"
#include "tools/mock/batches/batch_route.hpp"
#include "tools/mock/dialects/request.hpp"

namespace retort::mock {

class anthropic_batches {
 public:
  // The maker must outlive it.
  anthropic_batches(batch_maker& maker, const options& chosen)
      : maker_(&maker), scheme_(chosen.plain ? "http" : "https") {}

  batch_reply serve(const request& asked, const batch_route& route, batch_time now);
  // Counts the answers of the batches that have ended by now.
  void advance(batch_time now);

 private:
  struct entry {
    batch work;
  };

  batch_reply create(const request& asked, const batch_route& route, batch_time now);
  batch_reply list(const request& asked, const batch_route& route, batch_time now) const;
  batch_reply cancel(entry& what, const std::string& base, batch_time now) const;

  // Where the batches are: "https://host/v1/messages/batches".
  std::string base_of(const request& asked, const batch_route& route) const;

  batch_maker* maker_;
  std::string_view scheme_;     // of the results' URL
  std::vector<entry> batches_;  // oldest first
  simdjson::dom::parser parser_;
};

// {"type":"error","error":{"type":TYPE,"message":MESSAGE}}
batch_reply refuse_anthropic(int status, std::string_view type, std::string_view message);

}  // namespace retort::mock

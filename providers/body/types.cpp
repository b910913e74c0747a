#include "providers/body/types.hpp"

namespace retort::providers {

std::string_view name(failure_kind kind) {
  switch (kind) {
    case failure_kind::rate_limited: return "rate_limited";
    case failure_kind::overloaded: return "overloaded";
    case failure_kind::server_error: return "server_error";
    case failure_kind::timeout: return "timeout";
    case failure_kind::network: return "network";
    case failure_kind::invalid_response: return "invalid_response";
    case failure_kind::bad_request: return "bad_request";
    case failure_kind::content_filter: return "content_filter";
    case failure_kind::authentication: return "authentication";
    case failure_kind::not_found: return "not_found";
    case failure_kind::quota_exhausted: return "quota_exhausted";
  }
  return "unknown";
}

bool is_transient(failure_kind kind) {
  switch (kind) {
    case failure_kind::rate_limited:
    case failure_kind::overloaded:
    case failure_kind::server_error:
    case failure_kind::timeout:
    case failure_kind::network:
    case failure_kind::invalid_response: return true;
    default: return false;
  }
}

bool stops_endpoint(failure_kind kind) {
  return kind == failure_kind::authentication || kind == failure_kind::not_found ||
         kind == failure_kind::quota_exhausted;
}

}  // namespace retort::providers

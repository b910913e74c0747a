// Taking gzip off a body, whole and in pieces. A recipe that begins with "+" has the text packed
// first: then it must come out as it was.
#include <zlib.h>

#include "io/base/gzip_decoder.hpp"
#include "io/http/http_parser.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace retort;
using namespace retort::fuzz;

namespace {

std::string packed(std::string_view text) {
  z_stream zip{};
  require(deflateInit2(&zip, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK, "zlib works");
  std::string out(deflateBound(&zip, text.size()), '\0');
  zip.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  zip.avail_in = static_cast<uInt>(text.size());
  zip.next_out = reinterpret_cast<Bytef*>(out.data());
  zip.avail_out = static_cast<uInt>(out.size());
  require(deflate(&zip, Z_FINISH) == Z_STREAM_END, "zlib packs");
  out.resize(zip.total_out);
  deflateEnd(&zip);
  return out;
}

bool unpack(const std::vector<std::string>& stream, std::string& out) {
  io::gzip_decoder decoder;
  for (const std::string& piece : stream) {
    if (!decoder.feed(piece, out, io::max_response_body)) return false;
  }
  return decoder.done();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz_input input(data, size);
  const bool packs = input.recipe.starts_with('+');
  const std::string body = packs ? packed(input.text) : std::string(input.text);
  std::string whole;
  const bool good = unpack({body}, whole);
  if (packs) require(good && whole == input.text, "what was packed comes out");
  std::string pieced;
  const bool good_in_pieces = unpack(pieces(body, input.recipe), pieced);
  require(good_in_pieces == good, "a cut makes no body good or bad");
  if (good) require(pieced == whole, "a cut changes no body");
  return 0;
}

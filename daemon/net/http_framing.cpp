// Copyright the authzd authors.
// SPDX-License-Identifier: Apache-2.0

#include "daemon/net/http_framing.hpp"

#include "daemon/net/http_grammar.hpp"
#include "reconciler/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <vector>

namespace authzd {
namespace {

std::vector<std::string_view> values_of(const HttpHeaders& headers, std::string_view name) {
  std::vector<std::string_view> values;
  for (const HttpHeader& header : headers) {
    if (iequals(header.name, name)) values.push_back(header.value);
  }
  return values;
}

/// Whether the lists of Connection name `option`.
bool connection_has(const HttpHeaders& headers, std::string_view option) {
  for (std::string_view rest : values_of(headers, "Connection")) {
    while (!rest.empty()) {
      const auto comma = std::min(rest.find(','), rest.size());
      if (iequals(trim(rest.substr(0, comma)), option)) return true;
      rest.remove_prefix(std::min(rest.size(), comma + 1));
    }
  }
  return false;
}

bool keeps_alive(HttpVersion version, const HttpHeaders& headers) {
  if (connection_has(headers, "close")) return false;
  return version == HttpVersion::http_1_1 || connection_has(headers, "keep-alive");
}

std::optional<std::uint64_t> read_length(std::string_view text) {
  constexpr std::size_t kMostDigits = 19;  // which always fit
  std::uint64_t length = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, ec] = std::from_chars(text.data(), end, length);
  if (ec != std::errc() || stop != end || text.size() > kMostDigits) return std::nullopt;
  return length;
}

Result<Framing> chunked(HttpVersion version,
                        const std::vector<std::string_view>& codings,
                        bool has_length) {
  if (version == HttpVersion::http_1_0) return malformed("HTTP/1.0 has no Transfer-Encoding");
  if (has_length) return malformed("it has both Transfer-Encoding and Content-Length");
  if (codings.size() > 1) return malformed("it has more than one Transfer-Encoding");
  if (!iequals(codings.front(), "chunked")) {
    return refused(501, "its Transfer-Encoding is not exactly \"chunked\"");
  }
  return Framing{.end = BodyEnd::by_chunks};
}

/// `otherwise`: used if the head says nothing about it.
Result<Framing> body_of(HttpVersion version, const HttpHeaders& headers, BodyEnd otherwise) {
  const auto codings = values_of(headers, "Transfer-Encoding");
  const auto lengths = values_of(headers, "Content-Length");
  if (!codings.empty()) return chunked(version, codings, !lengths.empty());
  if (lengths.empty()) return Framing{.end = otherwise};
  if (lengths.size() > 1) return malformed("it has more than one Content-Length");
  const auto length = read_length(lengths.front());
  if (!length) return malformed("its Content-Length is not a length");
  return Framing{.end = BodyEnd::by_length, .length = *length};
}

/// §3.2: absolute-form without the user part, which no client may send (RFC 9110 §4.2.4).
bool is_absolute_form(std::string_view target) {
  const auto colon = target.find("://");
  if (colon == std::string_view::npos) return false;
  const auto scheme = target.substr(0, colon);
  if (!iequals(scheme, "http") && !iequals(scheme, "https")) return false;
  const auto rest = target.substr(colon + 3);
  const auto authority = rest.substr(0, rest.find_first_of("/?"));
  return !authority.empty() && is_host(authority);
}

Result<void> check_target(const RequestHead& head) {
  const std::string_view target = head.target;
  if (head.method == "CONNECT") return refused(501, "this server is no proxy");
  if (target.find('#') != std::string_view::npos) return malformed("its target has a fragment");
  const bool fits = target.front() == '/' || is_absolute_form(target) ||
                    (target == "*" && head.method == "OPTIONS");
  if (!fits) return malformed("its target is not a path");
  return {};
}

Result<void> check_host(const RequestHead& head) {
  const auto hosts = values_of(head.headers, "Host");
  if (hosts.size() > 1) return malformed("it names more than one Host");
  if (hosts.empty() && head.version == HttpVersion::http_1_1) return malformed("it names no Host");
  if (!hosts.empty() && !is_host(hosts.front())) return malformed("its Host is malformed");
  return {};
}

}  // namespace

bool has_no_body(int status) {
  return status / 100 == 1 || status == 204 || status == 304;
}

Error refused(int status, std::string_view why) {
  Error error{ErrorCode::rejected, printable(why)};
  error.detail.http_status = status;
  return error;
}

Error malformed(std::string_view why) {
  return refused(400, "not a valid HTTP message: " + std::string(why));
}

Result<Framing> frame_request(const RequestHead& head) {
  if (auto fits = check_target(head); !fits) return std::move(fits).error();
  if (auto fits = check_host(head); !fits) return std::move(fits).error();
  auto framing = body_of(head.version, head.headers, BodyEnd::no_body);
  if (framing) framing->keeps_alive = keeps_alive(head.version, head.headers);
  return framing;
}

Result<Framing> frame_reply(const ReplyHead& head, ReplyTo request) {
  if (head.status == 101) return malformed("it switches to a protocol that nobody asked for");
  Framing framing;
  framing.keeps_alive = keeps_alive(head.version, head.headers);
  if (request == ReplyTo::connect) return framing;
  auto body = body_of(head.version, head.headers, BodyEnd::by_close);
  if (!body) return body;
  if (has_no_body(head.status)) {
    // A sender that announces a body where there can be none may still send it. Only the length in
    // a 304 refers to another reply.
    const bool announces =
        body->end == BodyEnd::by_chunks || (body->length > 0 && head.status != 304);
    framing.keeps_alive = framing.keeps_alive && !announces;
    return framing;
  }
  if (request == ReplyTo::head) return framing;
  framing.end = body->end;
  framing.length = body->length;
  framing.keeps_alive = framing.keeps_alive && body->end != BodyEnd::by_close;
  return framing;
}

std::string origin_form(std::string_view target) {
  if (!is_absolute_form(target)) return std::string(target);
  const auto rest = target.substr(target.find("://") + 3);
  const auto path = rest.substr(std::min(rest.find_first_of("/?"), rest.size()));
  return path.starts_with('/') ? std::string(path) : "/" + std::string(path);
}

BodyReader::BodyReader(Framing framing, ParseLimits limits)
    : framing_(framing), limits_(limits), part_(Part::data), left_(framing.length) {
  if (framing.end == BodyEnd::by_chunks) part_ = Part::size_line;
  if (framing.end == BodyEnd::by_close) left_ = std::numeric_limits<std::uint64_t>::max();
  const bool is_empty = framing.end == BodyEnd::by_length && framing.length == 0;
  if (framing.end == BodyEnd::no_body || is_empty) part_ = Part::done;
}

Result<bool> BodyReader::feed(std::string& input) {
  if (framing_.end == BodyEnd::by_length) {
    if (auto fits = check_room(left_); !fits) return std::move(fits).error();
  }
  std::string_view rest = input;
  while (part_ != Part::done) {
    const std::size_t before = rest.size();
    if (auto stepped = step(rest); !stepped) return std::move(stepped).error();
    if (rest.size() == before) break;
  }
  input.erase(0, input.size() - rest.size());
  return part_ == Part::done;
}

bool BodyReader::end() {
  if (framing_.end == BodyEnd::by_close) part_ = Part::done;
  return part_ == Part::done;
}

/// Consumes one line, or the available data; nothing if more is needed first.
Result<void> BodyReader::step(std::string_view& rest) {
  if (part_ == Part::data) {
    if (framing_.end == BodyEnd::by_close) {
      if (auto fits = check_room(rest.size()); !fits) return fits;
    }
    take_data(rest);
    return {};
  }
  constexpr std::string_view kLineEnd = "\r\n";
  const auto end = rest.find(kLineEnd);
  // If its end has not arrived yet, a last CR may be the first half of it.
  const bool is_whole = end != std::string_view::npos;
  const std::size_t size = is_whole ? end : rest.size() - (rest.ends_with('\r') ? 1 : 0);
  if (between_ + size > limits_.max_header) {
    return malformed("there is too much between its chunks");
  }
  if (!is_whole) return {};
  const auto line = rest.substr(0, end);
  rest.remove_prefix(end + kLineEnd.size());
  return take_line(line);
}

Result<void> BodyReader::take_line(std::string_view line) {
  if (part_ == Part::size_line) return begin_chunk(line);
  if (part_ == Part::line_after_data) {
    if (!line.empty()) return malformed("a chunk is longer than it says");
    part_ = Part::size_line;
    return {};
  }
  if (line.empty()) {
    part_ = Part::done;
    return {};
  }
  between_ += line.size();
  if (!is_field_line(line)) return malformed("a trailer field is malformed");
  return {};
}

Result<void> BodyReader::begin_chunk(std::string_view line) {
  const auto digits = line.substr(0, line.find(';'));
  const auto extension = line.substr(digits.size());
  constexpr std::size_t kMostDigits = 16;  // which always fit
  const char* const end = digits.data() + digits.size();
  const auto [stop, ec] = std::from_chars(digits.data(), end, left_, 16);
  if (ec != std::errc() || stop != end || digits.size() > kMostDigits) {
    return malformed("the size of a chunk is not a number");
  }
  if (!is_chunk_extension(extension)) return malformed("the extension of a chunk is malformed");
  between_ += extension.size();
  part_ = left_ == 0 ? Part::trailer : Part::data;
  return check_room(left_);
}

void BodyReader::take_data(std::string_view& rest) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, rest.size()));
  body_.append(rest.substr(0, size));
  rest.remove_prefix(size);
  left_ -= size;
  if (left_ > 0) return;
  part_ = framing_.end == BodyEnd::by_chunks ? Part::line_after_data : Part::done;
}

Result<void> BodyReader::check_room(std::uint64_t more) const {
  if (more <= limits_.max_body - body_.size()) return {};
  return refused(413,
                 "its body is over the limit of " + std::to_string(limits_.max_body) + " bytes");
}

}  // namespace authzd

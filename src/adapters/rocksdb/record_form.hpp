// The form of the catalog's records (records/), by the names that this adapter calls it.
#pragma once

#include "records/key_records.hpp"
#include "records/keys.hpp"
#include "records/record_codec.hpp"
#include "records/records.hpp"
#include "records/task_records.hpp"

namespace slipway::adapters::rocksdb {

using records::api_key_key;
using records::decode_api_key;
using records::decode_event;
using records::decode_file;
using records::decode_part;
using records::decode_task;
using records::decode_upload;
using records::encode_api_key;
using records::encode_event;
using records::encode_file;
using records::encode_part;
using records::encode_task;
using records::encode_upload;
using records::flag;
using records::has;
using records::id_key;
using records::malformed;
using records::parse_api_key_key;
using records::part_key;
using records::PartKey;
using records::position_key;
using records::RecordReader;
using records::RecordWriter;
using records::seal_record;
using records::task_key;
using records::unseal_record;

}  // namespace slipway::adapters::rocksdb

// null-s3 is an S3-speaking sink and source for client benchmarks: it keeps
// sizes (and bytes with -keep) in memory, checks no signature, and costs as
// little CPU as net/http allows, so that what is measured is the client.
//
//	null-s3 -addr 127.0.0.1:0            # uploads: bodies are discarded
//	null-s3 -addr 127.0.0.1:0 -keep      # downloads: bodies are kept in RAM
//	null-s3 -latency 20ms                # adds a wait to every request
//
// The first line on stderr says where it listens; it ends when stdin does with -with-parent.
// GET /__stats counts requests by kind, POST /__reset forgets everything.
// The XXHASH128 of a PUT is given back as S3 does, on the answer and on a HEAD or GET that asks, but never compared.
// It is a benchmark target, not a test of S3 semantics: use a real server for those.
package main

import (
	"bufio"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

type object struct {
	data []byte // nil unless -keep
	size int64
	etag string
	xxh  string // x-amz-checksum-xxhash128 of the PUT, empty without
	meta map[string]string
	time time.Time
}

type shard struct {
	sync.RWMutex
	objects map[string]*object
}

const shards = 64

type server struct {
	keep                                                  bool
	latency                                               time.Duration
	shards                                                [shards]shard
	uploads                                               sync.Map // upload id -> *upload
	nextID                                                int64
	put, head, get, list, part, other, putBytes, getBytes int64
}

const xxhHeader = "X-Amz-Checksum-Xxhash128"

type upload struct {
	sync.Mutex
	parts map[int]*object
}

func (s *server) shard(key string) *shard {
	h := fnv.New32a()
	io.WriteString(h, key)
	return &s.shards[h.Sum32()%shards]
}

func (s *server) reset() {
	for i := range s.shards {
		s.shards[i].Lock()
		s.shards[i].objects = map[string]*object{}
		s.shards[i].Unlock()
	}
	for _, n := range []*int64{&s.put, &s.head, &s.get, &s.list, &s.part, &s.other, &s.putBytes, &s.getBytes} {
		atomic.StoreInt64(n, 0)
	}
}

func (s *server) read(r *http.Request) (*object, error) {
	var body io.Reader = r.Body
	if strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING") ||
		strings.Contains(r.Header.Get("Content-Encoding"), "aws-chunked") {
		body = &awsChunked{r: bufio.NewReaderSize(r.Body, 64<<10)}
	}
	o := &object{time: time.Now().UTC(), meta: map[string]string{}}
	var err error
	if s.keep {
		o.data, err = io.ReadAll(body)
		o.size = int64(len(o.data))
	} else {
		o.size, err = io.Copy(io.Discard, body)
	}
	if err != nil {
		return nil, err
	}
	atomic.AddInt64(&s.putBytes, o.size)
	o.etag = fmt.Sprintf("%032x", atomic.AddInt64(&s.nextID, 1))
	for k, v := range r.Header {
		if strings.HasPrefix(k, "X-Amz-Meta-") {
			o.meta[k] = v[0]
		}
	}
	return o, nil
}

func fail(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, code)
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/")
	switch path {
	case "__stats":
		fmt.Fprintf(w, `{"put":%d,"part":%d,"head":%d,"get":%d,"list":%d,"other":%d,"putBytes":%d,"getBytes":%d}`+"\n",
			s.put, s.part, s.head, s.get, s.list, s.other, s.putBytes, s.getBytes)
		return
	case "__reset":
		s.reset()
		return
	}
	if s.latency > 0 {
		time.Sleep(s.latency)
	}
	bucket, key, hasKey := strings.Cut(path, "/")
	hasKey = hasKey && key != ""
	query := r.URL.Query()
	switch {
	case !hasKey && r.Method == "GET":
		s.listObjects(w, bucket, query.Get("prefix"), query.Get("start-after"), query.Get("continuation-token"), query.Has("location"))
	case !hasKey:
		atomic.AddInt64(&s.other, 1)
		w.WriteHeader(http.StatusOK)
	case r.Method == "PUT" && query.Has("uploadId"):
		s.putPart(w, r, query.Get("uploadId"), query.Get("partNumber"))
	case r.Method == "PUT":
		s.putObject(w, r, path)
	case r.Method == "POST" && query.Has("uploads"):
		id := strconv.FormatInt(atomic.AddInt64(&s.nextID, 1), 10)
		s.uploads.Store(id, &upload{parts: map[int]*object{}})
		fmt.Fprintf(w, "<InitiateMultipartUploadResult><Bucket>%s</Bucket><Key>k</Key><UploadId>%s</UploadId></InitiateMultipartUploadResult>", bucket, id)
	case r.Method == "POST" && query.Has("uploadId"):
		s.complete(w, r, path, query.Get("uploadId"))
	case r.Method == "DELETE" && query.Has("uploadId"):
		s.uploads.Delete(query.Get("uploadId"))
		w.WriteHeader(http.StatusNoContent)
	case r.Method == "DELETE":
		sh := s.shard(path)
		sh.Lock()
		delete(sh.objects, path)
		sh.Unlock()
		w.WriteHeader(http.StatusNoContent)
	case r.Method == "HEAD" || r.Method == "GET":
		s.getObject(w, r, path)
	default:
		fail(w, http.StatusNotImplemented, "NotImplemented")
	}
}

func (s *server) store(path string, o *object, onlyIfAbsent bool) bool {
	sh := s.shard(path)
	sh.Lock()
	defer sh.Unlock()
	if _, exists := sh.objects[path]; exists && onlyIfAbsent {
		return false
	}
	sh.objects[path] = o
	return true
}

func (s *server) putObject(w http.ResponseWriter, r *http.Request, path string) {
	atomic.AddInt64(&s.put, 1)
	o, err := s.read(r)
	if err != nil {
		fail(w, http.StatusBadRequest, "IncompleteBody")
		return
	}
	o.xxh = r.Header.Get(xxhHeader)
	if !s.store(path, o, r.Header.Get("If-None-Match") == "*") {
		fail(w, http.StatusPreconditionFailed, "PreconditionFailed")
		return
	}
	w.Header().Set("ETag", `"`+o.etag+`"`)
	o.sayChecksum(w)
}

func (o *object) sayChecksum(w http.ResponseWriter) {
	if o.xxh != "" {
		w.Header().Set(xxhHeader, o.xxh)
		w.Header().Set("X-Amz-Checksum-Type", "FULL_OBJECT")
	}
}

func (s *server) putPart(w http.ResponseWriter, r *http.Request, id, number string) {
	atomic.AddInt64(&s.part, 1)
	v, ok := s.uploads.Load(id)
	if !ok {
		fail(w, http.StatusNotFound, "NoSuchUpload")
		return
	}
	o, err := s.read(r)
	if err != nil {
		fail(w, http.StatusBadRequest, "IncompleteBody")
		return
	}
	n, _ := strconv.Atoi(number)
	u := v.(*upload)
	u.Lock()
	u.parts[n] = o
	u.Unlock()
	w.Header().Set("ETag", `"`+o.etag+`"`)
}

func (s *server) complete(w http.ResponseWriter, r *http.Request, path, id string) {
	io.Copy(io.Discard, r.Body)
	v, ok := s.uploads.LoadAndDelete(id)
	if !ok {
		fail(w, http.StatusNotFound, "NoSuchUpload")
		return
	}
	u := v.(*upload)
	numbers := make([]int, 0, len(u.parts))
	for n := range u.parts {
		numbers = append(numbers, n)
	}
	sort.Ints(numbers)
	whole := &object{time: time.Now().UTC(), meta: map[string]string{}}
	for _, n := range numbers {
		whole.size += u.parts[n].size
		if s.keep {
			whole.data = append(whole.data, u.parts[n].data...)
		}
	}
	whole.etag = fmt.Sprintf("%032x-%d", atomic.AddInt64(&s.nextID, 1), len(numbers))
	s.store(path, whole, false)
	fmt.Fprintf(w, `<CompleteMultipartUploadResult><ETag>"%s"</ETag></CompleteMultipartUploadResult>`, whole.etag)
}

func (s *server) getObject(w http.ResponseWriter, r *http.Request, path string) {
	if r.Method == "HEAD" {
		atomic.AddInt64(&s.head, 1)
	} else {
		atomic.AddInt64(&s.get, 1)
	}
	sh := s.shard(path)
	sh.RLock()
	o := sh.objects[path]
	sh.RUnlock()
	if o == nil {
		fail(w, http.StatusNotFound, "NoSuchKey")
		return
	}
	h := w.Header()
	h.Set("ETag", `"`+o.etag+`"`)
	h.Set("Last-Modified", o.time.Format(http.TimeFormat))
	h.Set("Accept-Ranges", "bytes")
	h.Set("Content-Type", "binary/octet-stream")
	for k, v := range o.meta {
		h.Set(k, v)
	}
	if r.Header.Get("X-Amz-Checksum-Mode") == "ENABLED" && r.Header.Get("Range") == "" {
		o.sayChecksum(w)
	}
	first, last, status := int64(0), o.size-1, http.StatusOK
	if spec := r.Header.Get("Range"); r.Method == "GET" && strings.HasPrefix(spec, "bytes=") {
		a, b, _ := strings.Cut(spec[len("bytes="):], "-")
		first, _ = strconv.ParseInt(a, 10, 64)
		if b != "" {
			if n, err := strconv.ParseInt(b, 10, 64); err == nil && n < last {
				last = n
			}
		}
		if first > last {
			fail(w, http.StatusRequestedRangeNotSatisfiable, "InvalidRange")
			return
		}
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, last, o.size))
		status = http.StatusPartialContent
	}
	h.Set("Content-Length", strconv.FormatInt(last-first+1, 10))
	w.WriteHeader(status)
	if r.Method == "GET" && o.data != nil {
		n, _ := w.Write(o.data[first : last+1])
		atomic.AddInt64(&s.getBytes, int64(n))
	}
}

type listResult struct {
	XMLName               xml.Name `xml:"ListBucketResult"`
	Name, Prefix          string
	KeyCount, MaxKeys     int
	IsTruncated           bool
	NextContinuationToken string `xml:",omitempty"`
	Contents              []listEntry
}
type listEntry struct {
	Key, LastModified, ETag string
	Size                    int64
	StorageClass            string
}

func (s *server) listObjects(w http.ResponseWriter, bucket, prefix, startAfter, token string, location bool) {
	atomic.AddInt64(&s.list, 1)
	w.Header().Set("Content-Type", "application/xml")
	if location {
		io.WriteString(w, "<LocationConstraint>us-west-2</LocationConstraint>")
		return
	}
	full, after := bucket+"/"+prefix, ""
	if token != "" {
		after = bucket + "/" + token
	} else if startAfter != "" {
		after = bucket + "/" + startAfter
	}
	var keys []string
	found := map[string]*object{}
	for i := range s.shards {
		sh := &s.shards[i]
		sh.RLock()
		for k, o := range sh.objects {
			if strings.HasPrefix(k, full) && k > after {
				keys = append(keys, k)
				found[k] = o
			}
		}
		sh.RUnlock()
	}
	sort.Strings(keys)
	res := listResult{Name: bucket, Prefix: prefix, MaxKeys: 1000}
	for i, k := range keys {
		if i == 1000 {
			res.IsTruncated, res.NextContinuationToken = true, strings.TrimPrefix(keys[i-1], bucket+"/")
			break
		}
		o := found[k]
		res.Contents = append(res.Contents, listEntry{strings.TrimPrefix(k, bucket+"/"),
			o.time.Format("2006-01-02T15:04:05.000Z"), `"` + o.etag + `"`, o.size, "STANDARD"})
	}
	res.KeyCount = len(res.Contents)
	io.WriteString(w, xml.Header)
	xml.NewEncoder(w).Encode(res)
}

// awsChunked strips the aws-chunked framing that SDKs put around streamed bodies.
type awsChunked struct {
	r    *bufio.Reader
	left int64
	done bool
}

func (c *awsChunked) Read(p []byte) (int, error) {
	for c.left == 0 {
		if c.done {
			return 0, io.EOF
		}
		line, err := c.r.ReadString('\n')
		if err != nil {
			return 0, io.ErrUnexpectedEOF
		}
		line = strings.TrimSpace(line)
		if line == "" { // the CRLF that ends a chunk
			continue
		}
		size, _, _ := strings.Cut(line, ";")
		n, err := strconv.ParseInt(size, 16, 64)
		if err != nil {
			return 0, errors.New("bad aws-chunked header")
		}
		if n == 0 {
			c.done = true
			io.Copy(io.Discard, c.r)
			return 0, io.EOF
		}
		c.left = n
	}
	if int64(len(p)) > c.left {
		p = p[:c.left]
	}
	n, err := c.r.Read(p)
	c.left -= int64(n)
	return n, err
}

func main() {
	s := &server{}
	addr := flag.String("addr", "127.0.0.1:29000", "listen address")
	flag.BoolVar(&s.keep, "keep", false, "keep object bytes in memory, so that they can be read back")
	flag.DurationVar(&s.latency, "latency", 0, "wait before every answer")
	withParent := flag.Bool("with-parent", false, "end when stdin ends")
	flag.Parse()
	s.reset()
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	log.Printf("null-s3 on http://%s keep=%v latency=%v", listener.Addr(), s.keep, s.latency)
	if *withParent {
		go func() {
			io.Copy(io.Discard, os.Stdin)
			os.Exit(0)
		}()
	}
	log.Fatal(http.Serve(listener, s))
}

//! leadfold: from messy contact exports to a clean Intercom workspace, with a plan in between.

pub mod contact;

pub mod ingest;

pub mod link;

pub mod plan;

pub mod store;

pub mod report;

pub mod review;

pub mod intercom;

pub mod apply;

pub mod sandbox;

pub mod config;
